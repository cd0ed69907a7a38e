/* Histograms are kept a bucket each and summed up when they are shown, so that a note touches one bucket. */
#include "collector/ops/metrics.h"
#include <inttypes.h>
#include <stdatomic.h>

#define BATCH_BUCKETS 13 /* up to 1, 2, 4, … 4096 submissions, and above */
#define TIME_BUCKETS 17 /* up to 125 µs, 250 µs, … 8.192 s, and above */
#define FIRST_BUCKET_US 125
#define PROBLEMS (PROBLEM_INTERNAL + 1)

typedef _Atomic uint64_t counter;

static counter accepted[METRICS_KINDS], repeated[METRICS_KINDS], uncommitted, problems[PROBLEMS], accesses,
    limited[METRICS_LIMITS];
static counter batches[BATCH_BUCKETS + 1], batch_sum;
static counter failed_commits, reopened, stored;

/* How long something took, each time. */
struct times {
    counter buckets[TIME_BUCKETS + 1], sum;
};

static struct times commits, lanes;

static void count_up(counter *to, uint64_t by)
{
    atomic_fetch_add_explicit(to, by, memory_order_relaxed);
}

static uint64_t read_count(counter *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

/* The first of the buckets first, 2·first, 4·first, … that holds the value; `count` when none does. */
static size_t bucket_of(uint64_t value, uint64_t first, size_t count)
{
    size_t i = 0;
    while (i < count && value > first << i)
        i++;
    return i;
}

/* What is negative, by a clock that is wrong, counts as 0. */
static void note_time(struct times *times, int64_t microseconds)
{
    uint64_t time = microseconds > 0 ? (uint64_t)microseconds : 0;
    count_up(&times->buckets[bucket_of(time, FIRST_BUCKET_US, TIME_BUCKETS)], 1);
    count_up(&times->sum, time);
}

void metrics_note_batch(const struct metrics_batch *batch)
{
    for (unsigned kind = 0; kind < METRICS_KINDS; kind++) {
        count_up(&accepted[kind], batch->accepted[kind]);
        count_up(&repeated[kind], batch->repeated[kind]);
    }
    count_up(&uncommitted, batch->uncommitted);
    count_up(&batches[bucket_of(batch->count, 1, BATCH_BUCKETS)], 1);
    count_up(&batch_sum, batch->count);
    note_time(&commits, batch->microseconds);
}

void metrics_note_lane(int64_t microseconds)
{
    note_time(&lanes, microseconds);
}

void metrics_note_failed_commit(void)
{
    count_up(&failed_commits, 1);
}

void metrics_note_reopened(void)
{
    count_up(&reopened, 1);
}

void metrics_note_stored(uint64_t entries)
{
    atomic_store_explicit(&stored, entries, memory_order_relaxed);
}

void metrics_note_problem(enum problem problem)
{
    count_up(&problems[problem], 1);
}

void metrics_note_limited(enum metrics_limit what)
{
    count_up(&limited[what], 1);
}

void metrics_note_access(void)
{
    count_up(&accesses, 1);
}

/* Showing. */

static void put_family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

static void put_kinds(struct buf *out, const char *name, const char *help, counter *counters)
{
    static const char *const kinds[METRICS_KINDS] = {[METRICS_ENROLMENT] = "enrolment",
                                                     [METRICS_RESPONSE] = "response",
                                                     [METRICS_ERASURE] = "erasure",
                                                     [METRICS_ACT] = "act"};
    put_family(out, name, "counter", help);
    for (unsigned kind = 0; kind < METRICS_KINDS; kind++)
        buf_printf(out, "%s_total{kind=\"%s\"} %" PRIu64 "\n", name, kinds[kind], read_count(&counters[kind]));
}

static void put_counter(struct buf *out, const char *name, const char *help, counter *value)
{
    put_family(out, name, "counter", help);
    buf_printf(out, "%s_total %" PRIu64 "\n", name, read_count(value));
}

static void put_gauge(struct buf *out, const char *name, const char *help, uint64_t value)
{
    put_family(out, name, "gauge", help);
    buf_printf(out, "%s %" PRIu64 "\n", name, value);
}

/* Microseconds as seconds, exactly. */
static void put_seconds(struct buf *out, uint64_t microseconds)
{
    buf_printf(out, "%" PRIu64 ".%06" PRIu64, microseconds / 1000000, microseconds % 1000000);
}

static void put_batch_sizes(struct buf *out)
{
    uint64_t sum = 0;
    put_family(out, "burgerpanel_batch_size", "histogram", "Submissions committed together.");
    for (size_t i = 0; i < BATCH_BUCKETS; i++)
        buf_printf(out, "burgerpanel_batch_size_bucket{le=\"%u.0\"} %" PRIu64 "\n", 1u << i,
                   sum += read_count(&batches[i]));
    sum += read_count(&batches[BATCH_BUCKETS]);
    buf_printf(out, "burgerpanel_batch_size_bucket{le=\"+Inf\"} %" PRIu64 "\n", sum);
    buf_printf(out, "burgerpanel_batch_size_count %" PRIu64 "\nburgerpanel_batch_size_sum %" PRIu64 "\n", sum,
               read_count(&batch_sum));
}

static void put_times(struct buf *out, const char *name, const char *help, struct times *times)
{
    uint64_t sum = 0;
    put_family(out, name, "histogram", help);
    buf_printf(out, "# UNIT %s seconds\n", name);
    for (size_t i = 0; i < TIME_BUCKETS; i++) {
        buf_printf(out, "%s_bucket{le=\"", name);
        put_seconds(out, (uint64_t)FIRST_BUCKET_US << i);
        buf_printf(out, "\"} %" PRIu64 "\n", sum += read_count(&times->buckets[i]));
    }
    sum += read_count(&times->buckets[TIME_BUCKETS]);
    buf_printf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n%s_count %" PRIu64 "\n%s_sum ", name, sum, name, sum, name);
    put_seconds(out, read_count(&times->sum));
    buf_put_char(out, '\n');
}

static void put_problems(struct buf *out)
{
    put_family(out, "burgerpanel_problems", "counter",
               "Refusals and failures told, by reason; each line of a batch counts.");
    for (enum problem problem = PROBLEM_NONE + 1; problem < PROBLEMS; problem++)
        buf_printf(out, "burgerpanel_problems_total{reason=\"%s\"} %" PRIu64 "\n", problem_name(problem),
                   read_count(&problems[problem]));
}

static void put_limits(struct buf *out)
{
    static const char *const names[METRICS_LIMITS] = {[METRICS_LIMIT_CONNECTIONS] = "connections",
                                                      [METRICS_LIMIT_ENROLMENTS] = "enrolments",
                                                      [METRICS_LIMIT_TOKENS] = "tokens"};
    put_family(out, "burgerpanel_limited", "counter", "Turned away for now by the bounds of an address.");
    for (unsigned what = 0; what < METRICS_LIMITS; what++)
        buf_printf(out, "burgerpanel_limited_total{what=\"%s\"} %" PRIu64 "\n", names[what],
                   read_count(&limited[what]));
}

void metrics_put(struct buf *out, const struct metrics_state *state)
{
    put_family(out, "burgerpanel_build", "info", "The collector's version.");
    buf_put_text(out, "burgerpanel_build_info{version=\"" BURGERPANEL_VERSION "\"} 1\n");
    put_kinds(out, "burgerpanel_accepted", "Submissions accepted into the log.", accepted);
    put_kinds(out, "burgerpanel_repeated", "Submissions that were in the log already.", repeated);
    put_counter(out, "burgerpanel_uncommitted", "Submissions that could not be committed.", &uncommitted);
    put_counter(out, "burgerpanel_failed_commits", "Commits that failed; of some nobody knows whether they were kept.",
                &failed_commits);
    put_counter(out, "burgerpanel_store_reopenings", "Times that the store was opened again after a failure.",
                &reopened);
    put_counter(out, "burgerpanel_accesses", "Members shown what is kept of them.", &accesses);
    put_problems(out);
    put_limits(out);
    put_batch_sizes(out);
    put_times(out, "burgerpanel_lane_seconds", "Time that a batch waited until it could write.", &lanes);
    put_times(out, "burgerpanel_commit_seconds", "Time to apply and commit a batch.", &commits);
    put_gauge(out, "burgerpanel_queue_depth", "Submissions that wait for the writer.", state->queue_depth);
    put_gauge(out, "burgerpanel_queue_capacity", "Submissions that may wait for the writer.", state->queue_capacity);
    put_gauge(out, "burgerpanel_log_entries", "Entries in the log, as of its newest checkpoint.", state->log_entries);
    put_gauge(out, "burgerpanel_store_entries", "Entries in the store, as the writer found them last.",
              read_count(&stored));
    put_gauge(out, "burgerpanel_members", "Members enrolled, revoked ones among them.", state->members);
    put_gauge(out, "burgerpanel_healthy", "1 when the store takes commits.", state->healthy ? 1 : 0);
    buf_put_text(out, "# EOF\n");
}
