/* That the whole is OpenMetrics is shown end to end, by a strict reader. */
#include "collector/ops/metrics.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void assert_shows(const char *line)
{
    struct buf out;
    buf_init(&out, SIZE_MAX);
    metrics_put(&out, &(struct metrics_state){
                          .queue_depth = 3, .queue_capacity = 9, .log_entries = 7, .members = 2, .healthy = true});
    cr_assert_eq(buf_check(&out), 0);
    cr_assert_not_null(strstr(buf_text(&out), line), "%s is not in\n%s", line, buf_text(&out));
    buf_free(&out);
}

Test(metrics, show_the_state_as_it_is)
{
    assert_shows("\nburgerpanel_queue_depth 3\n");
    assert_shows("\nburgerpanel_queue_capacity 9\n");
    assert_shows("\nburgerpanel_log_entries 7\n");
    assert_shows("\nburgerpanel_members 2\n");
    assert_shows("\nburgerpanel_healthy 1\n# EOF\n");
}

Test(metrics, count_what_became_of_a_batch)
{
    metrics_note_batch(&(struct metrics_batch){.count = 6,
                                               .accepted = {[METRICS_RESPONSE] = 2, [METRICS_ENROLMENT] = 1},
                                               .repeated = {[METRICS_RESPONSE] = 1},
                                               .uncommitted = 1,
                                               .microseconds = 300});
    assert_shows("burgerpanel_accepted_total{kind=\"response\"} 2\n");
    assert_shows("burgerpanel_accepted_total{kind=\"enrolment\"} 1\n");
    assert_shows("burgerpanel_repeated_total{kind=\"response\"} 1\n");
    assert_shows("burgerpanel_repeated_total{kind=\"enrolment\"} 0\n");
    assert_shows("burgerpanel_uncommitted_total 1\n");
    assert_shows("burgerpanel_batch_size_bucket{le=\"4.0\"} 0\n");
    assert_shows("burgerpanel_batch_size_bucket{le=\"8.0\"} 1\n");
    assert_shows("burgerpanel_commit_seconds_bucket{le=\"0.000250\"} 0\n");
    assert_shows("burgerpanel_commit_seconds_bucket{le=\"0.000500\"} 1\n");
    assert_shows("burgerpanel_commit_seconds_sum 0.000300\n");
}

Test(metrics, put_extremes_into_the_last_buckets)
{
    metrics_note_batch(&(struct metrics_batch){.count = 5000, .microseconds = 3600 * INT64_C(1000000)});
    metrics_note_batch(&(struct metrics_batch){.count = 1, .microseconds = -1});
    assert_shows("burgerpanel_batch_size_bucket{le=\"4096.0\"} 1\n");
    assert_shows("burgerpanel_batch_size_bucket{le=\"+Inf\"} 2\n");
    assert_shows("burgerpanel_commit_seconds_bucket{le=\"0.000125\"} 1\n");
    assert_shows("burgerpanel_commit_seconds_bucket{le=\"1.024000\"} 1\n");
    assert_shows("burgerpanel_commit_seconds_bucket{le=\"+Inf\"} 2\n");
    assert_shows("burgerpanel_commit_seconds_sum 3600.000000\n");
}

Test(metrics, tell_how_long_the_lane_was_waited_for_apart_from_commits)
{
    metrics_note_lane(125);
    metrics_note_lane(8192000);
    metrics_note_lane(8192001);
    assert_shows("# UNIT burgerpanel_lane_seconds seconds\n");
    assert_shows("burgerpanel_lane_seconds_bucket{le=\"0.000125\"} 1\n");
    assert_shows("burgerpanel_lane_seconds_bucket{le=\"4.096000\"} 1\n");
    assert_shows("burgerpanel_lane_seconds_bucket{le=\"8.192000\"} 2\n");
    assert_shows("burgerpanel_lane_seconds_bucket{le=\"+Inf\"} 3\n");
    assert_shows("burgerpanel_lane_seconds_sum 16.384126\n");
    assert_shows("burgerpanel_commit_seconds_count 0\n");
}

Test(metrics, count_what_became_of_the_store)
{
    assert_shows("burgerpanel_failed_commits_total 0\n");
    metrics_note_failed_commit();
    metrics_note_reopened();
    metrics_note_reopened();
    metrics_note_stored(9);
    metrics_note_stored(5);
    assert_shows("burgerpanel_failed_commits_total 1\n");
    assert_shows("burgerpanel_store_reopenings_total 2\n");
    assert_shows("\nburgerpanel_store_entries 5\n");
    assert_shows("\nburgerpanel_log_entries 7\n");
}

static void *note_many(void *context)
{
    (void)context;
    for (int i = 0; i < 10000; i++)
        metrics_note_problem(PROBLEM_FORBIDDEN);
    return NULL;
}

Test(metrics, lose_nothing_between_threads)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, note_many, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_shows("burgerpanel_problems_total{reason=\"forbidden\"} 40000\n");
    assert_shows("burgerpanel_problems_total{reason=\"internal\"} 0\n");
}
