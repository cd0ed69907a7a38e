/* Releases of a small panel, from any story of a round: bytes say which members answer what, erase it, and when a
 * release is made. Beside it the story is kept plainly, and every count taken from that. What must hold, of each
 * release: the ballots, replayed from the log as it is then, count as the story does, and never take for fresh who is
 * not; made twice it is the same to the byte; told numbers are multiples of roundTo, a scale's or choice's options add
 * up to the told n and no option is above it, the same n stands in both tables, what is suppressed tells nothing; a
 * block that is told anew differs in at least minChanged members from each time that it was told before, and has at
 * least minRespondents; one that stands, stands to the byte. */
#include "base/csv.h"
#include "base/mem.h"
#include "base/number.h"
#include "collector/release/release.h"
#include "tests/fuzz/fuzz.h"

#define ACTIONS 2
#define MEMBERS 24
#define ENTRIES_MAX 2048
#define RELEASES_MAX 12
#define LEAST 5 /* minRespondents, roundTo and minChanged */

static const char panel_text[] =
    "{\"id\":\"p\",\"title\":{\"nl\":\"P\"},\"questionnaires\":[{\"id\":\"q\",\"questions\":["
    "{\"id\":\"a\",\"type\":\"scale\",\"min\":1,\"max\":3,\"required\":true,\"label\":{\"nl\":\"A\"}},"
    "{\"id\":\"b\",\"type\":\"choice\",\"required\":false,\"label\":{\"nl\":\"B\"},\"options\":["
    "{\"value\":\"x\",\"label\":{\"nl\":\"X\"}},{\"value\":\"y\",\"label\":{\"nl\":\"Y\"}}]},"
    "{\"id\":\"c\",\"type\":\"scale\",\"min\":0,\"max\":1,\"required\":false,\"label\":{\"nl\":\"C\"},"
    "\"when\":{\"question\":\"b\",\"equals\":\"y\"}},"
    "{\"id\":\"d\",\"type\":\"multi\",\"required\":false,\"label\":{\"nl\":\"D\"},\"options\":["
    "{\"value\":\"x\",\"label\":{\"nl\":\"X\"}},{\"value\":\"y\",\"label\":{\"nl\":\"Y\"}}]},"
    "{\"id\":\"e\",\"type\":\"text\",\"required\":false,\"maxLength\":10,\"label\":{\"nl\":\"E\"}}]}],"
    "\"rounds\":[{\"id\":\"r\",\"title\":{\"nl\":\"R\"},\"opensAt\":\"2026-01-01T00:00:00Z\","
    "\"closesAt\":\"2036-01-01T00:00:00Z\",\"questionnaire\":\"q\",\"actions\":\"all\"}],"
    "\"disclosure\":{\"minRespondents\":5,\"roundTo\":5,\"minChanged\":5,\"releaseInterval\":1}}";
static const char actions_text[] = "id,title,track,lead,related,status\nA,One,,,,planned\nB,Two,,,,planned\n";

static struct catalogue *catalogue;

/* What somebody said: options from 0, -1 where a question was not answered. */
struct said {
    int a, b, c;
    unsigned d; /* bits; 4: answered */
    bool e;
};

/* The log, as it is remembered here. */
struct entry {
    unsigned member, action; /* of a response; member 0: another entry, such as a release's event */
    int64_t revision;
    struct said said;
    bool erased;
};

struct told {
    struct version version;
    bool anew[ACTIONS];
    struct buf tables[RELEASE_TABLES];
};

struct story {
    struct entry entries[ENTRIES_MAX];
    size_t count;
    int64_t lowest[ENTRIES_MAX], at[ENTRIES_MAX]; /* of erasures */
    size_t erasures;
    int64_t revisions[MEMBERS + 1][ACTIONS];
    struct told told[RELEASES_MAX];
    size_t releases;
};

static struct story story;

static void read_panel(void)
{
    struct faults faults;
    faults_init(&faults);
    struct panel *panel = panel_parse(panel_text, sizeof panel_text - 1, &faults);
    fuzz_require(panel != NULL);
    struct action_list *actions = actions_parse_csv(actions_text, sizeof actions_text - 1, &faults);
    fuzz_require(actions != NULL);
    catalogue = catalogue_new(panel, actions);
    fuzz_require(catalogue != NULL);
    buf_put_text(&catalogue->definition, panel_text);
    faults_free(&faults);
}

/* The story. */

static void respond(unsigned member, unsigned action, const struct said *said)
{
    if (story.count == ENTRIES_MAX)
        return;
    story.entries[story.count++] = (struct entry){
        .member = member, .action = action, .revision = ++story.revisions[member][action], .said = *said};
}

/* All revisions of one response go at once, and an event says so. */
static void erase(unsigned member, unsigned action)
{
    int64_t lowest = -1;
    for (size_t i = story.count; i-- > 0;) {
        struct entry *entry = &story.entries[i];
        if (entry->member == member && entry->action == action && !entry->erased) {
            entry->erased = true;
            lowest = (int64_t)i;
        }
    }
    if (lowest < 0 || story.count == ENTRIES_MAX)
        return;
    story.lowest[story.erasures] = lowest;
    story.at[story.erasures++] = (int64_t)story.count;
    story.entries[story.count++] = (struct entry){.member = 0};
}

static const struct entry *current_at(unsigned member, unsigned action, int64_t size, bool also_erased)
{
    const struct entry *found = NULL;
    for (int64_t i = 0; i < size && i < (int64_t)story.count; i++) {
        const struct entry *entry = &story.entries[i];
        if (entry->member == member && entry->action == action && (also_erased || !entry->erased))
            found = entry;
    }
    return found;
}

/* Who has an answer at `size` and had none at `earlier`, or another; of what was erased since it is known here. */
static int64_t count_fresh(unsigned action, int64_t size, int64_t earlier)
{
    int64_t fresh = 0;
    for (unsigned member = 1; member <= MEMBERS; member++) {
        const struct entry *now = current_at(member, action, size, false);
        const struct entry *then = current_at(member, action, earlier, true);
        if (now)
            fresh += !then || now->said.a != then->said.a || now->said.b != then->said.b ||
                     now->said.c != then->said.c || now->said.d != then->said.d;
    }
    return fresh;
}

/* The ballots. */

static size_t put_marks(const struct said *said, struct mark *marks)
{
    const int numbers[] = {said->a, said->b, said->c};
    size_t count = 0;
    for (uint16_t q = 0; q < 3; q++) {
        if (numbers[q] < 0)
            continue;
        marks[count++] = (struct mark){q, MARK_ANSWERED};
        marks[count++] = (struct mark){q, (uint16_t)numbers[q]};
    }
    if (said->d & 4)
        marks[count++] = (struct mark){3, MARK_ANSWERED};
    for (uint16_t option = 0; (said->d & 4) && option < 2; option++)
        if (said->d >> option & 1)
            marks[count++] = (struct mark){3, option};
    if (said->e)
        marks[count++] = (struct mark){4, MARK_ANSWERED};
    return count;
}

/* In so little memory that each record lies in a file by itself, where the story's length is odd. */
static struct ballots *replay_story(void)
{
    static struct scratch scratch = {.folder = "/tmp"};
    struct mark marks[16];
    const struct panel *panel = catalogue->panel;
    struct ballots *ballots =
        ballots_new(&scratch, story.count % 2 == 0 ? 65536 : 0, round_questionnaire(panel, &panel->rounds[0]),
                    catalogue_layout(catalogue, 0), ACTIONS);
    fuzz_require(ballots != NULL);
    for (size_t i = 0; i < story.count; i++) {
        const struct entry *entry = &story.entries[i];
        if (entry->member == 0 || entry->erased)
            continue;
        const struct ballot ballot = {
            .action = entry->action, .marks = marks, .mark_count = put_marks(&entry->said, marks)};
        fuzz_require(ballots_add(ballots, &ballot, entry->member, entry->revision, (int64_t)i, NULL) == 0);
    }
    for (size_t i = 0; i < story.erasures; i++)
        fuzz_require(ballots_note_erasure(ballots, story.lowest[i], story.at[i]) == 0);
    fuzz_require(ballots_turn(ballots, NULL) == 0);
    return ballots;
}

static void check_counts(struct ballots *ballots, unsigned action, int64_t size)
{
    const struct tally_layout *layout = catalogue_layout(catalogue, 0);
    int64_t counts[64], plain[64] = {0};
    struct mark marks[16];
    uint16_t slots[32];
    fuzz_require(layout->slots <= 64);
    ballots_count(ballots, action, size, counts);
    for (unsigned member = 1; member <= MEMBERS; member++) {
        const struct entry *entry = current_at(member, action, size, false);
        if (!entry)
            continue;
        const struct ballot ballot = {.marks = marks, .mark_count = put_marks(&entry->said, marks)};
        tally_slots(layout, &ballot, slots);
        fuzz_require(tally_add(layout, plain, slots, tally_slot_count(&ballot), 1) == 0);
    }
    fuzz_require(memcmp(counts, plain, layout->slots * sizeof *counts) == 0);
}

static void check_ballots(struct ballots *ballots)
{
    int64_t size = (int64_t)story.count;
    for (unsigned action = 0; action < ACTIONS; action++) {
        check_counts(ballots, action, size);
        for (size_t i = 0; i < story.releases; i++) {
            int64_t earlier = story.told[i].version.size;
            int64_t fresh = ballots_fresh(ballots, action, size, earlier);
            fuzz_require(fresh <= count_fresh(action, size, earlier));
            fuzz_require(story.erasures > 0 || fresh == count_fresh(action, size, earlier));
        }
    }
}

/* The tables. */

struct table_reader {
    struct csv_reader *reader;
    struct csv_row header, row;
    char *names[64]; /* of the header, which the reader forgets */
    size_t count;
};

static void open_table(struct table_reader *table, const struct buf *text)
{
    *table = (struct table_reader){.reader = csv_reader_new(text->data, text->len, ',')};
    fuzz_require(table->reader && csv_read(table->reader, &table->row, NULL) == CSV_ROW && table->row.count < 64);
    table->count = table->row.count;
    for (size_t i = 0; i < table->count; i++) {
        table->names[i] = mem_copy_text(table->row.fields[i].text, table->row.fields[i].len);
        fuzz_require(table->names[i] != NULL);
    }
}

static bool next_row(struct table_reader *table)
{
    enum csv_result result = csv_read(table->reader, &table->row, NULL);
    fuzz_require(result == CSV_END || (result == CSV_ROW && table->row.count == table->count));
    return result == CSV_ROW;
}

static void close_table(struct table_reader *table)
{
    for (size_t i = 0; i < table->count; i++)
        mem_free(table->names[i]);
    csv_reader_free(table->reader);
}

static const char *cell(const struct table_reader *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->names[i], name) == 0)
            return table->row.fields[i].text;
    fuzz_require(!name);
    return "";
}

/* A told number; -1 for an empty cell. */
static int64_t told_number(const struct table_reader *table, const char *name)
{
    const char *text = cell(table, name);
    int64_t number = -1;
    if (text[0] != '\0')
        fuzz_require(number_read(text, 0, MEMBERS * 2, &number) == 0 && number % LEAST == 0);
    return number;
}

/* The n of a question as the table of questions tells it; -1: suppressed. */
static int64_t question_n(const struct buf *questions, const char *action, const char *question)
{
    struct table_reader table;
    int64_t n = -2;
    open_table(&table, questions);
    while (n == -2 && next_row(&table))
        if (strcmp(cell(&table, "action"), action) == 0 && strcmp(cell(&table, "question"), question) == 0)
            n = told_number(&table, "n");
    fuzz_require(n >= -1);
    close_table(&table);
    return n;
}

/* Options come question by question. */
static void check_options(const struct buf *options, const struct buf *questions)
{
    struct table_reader table;
    char action[8] = "", question[8] = "";
    int64_t sum = 0, n = -1;
    bool adds_up = false;
    open_table(&table, options);
    for (bool more = true; more;) {
        more = next_row(&table);
        if (!more || strcmp(cell(&table, "action"), action) != 0 || strcmp(cell(&table, "question"), question) != 0) {
            fuzz_require(!adds_up || n < 0 || sum == n);
            if (!more)
                break;
            snprintf(action, sizeof action, "%s", cell(&table, "action"));
            snprintf(question, sizeof question, "%s", cell(&table, "question"));
            n = question_n(questions, action, question);
            adds_up = strcmp(question, "d") != 0;
            sum = 0;
        }
        int64_t count = told_number(&table, "count");
        fuzz_require(told_number(&table, "n") == n && (count >= 0) == (n >= 0) && count <= n && (n < 0 || n >= LEAST));
        sum += count;
    }
    close_table(&table);
}

/* What each block says of which release it is a version of: of this one where it is told anew, with enough members. */
static void check_summary(struct told *told)
{
    struct table_reader table;
    open_table(&table, &told->tables[TABLE_SUMMARY]);
    for (unsigned action = 0; next_row(&table); action++) {
        fuzz_require(action < ACTIONS);
        const char *release = cell(&table, "release");
        int64_t number = 0, respondents = told_number(&table, "respondents");
        bool suppressed = strcmp(cell(&table, "disclosure"), "suppressed") == 0;
        fuzz_require(suppressed == (respondents < 0) && (respondents < 0 || respondents >= LEAST));
        fuzz_require(suppressed || number_read(release, 1, told->version.release, &number) == 0);
        told->anew[action] = number == told->version.release;
    }
    close_table(&table);
}

static void check_freshness(const struct told *told)
{
    for (unsigned action = 0; action < ACTIONS; action++)
        for (size_t i = 0; told->anew[action] && i + 1 < story.releases; i++)
            if (story.told[i].anew[action])
                fuzz_require(count_fresh(action, told->version.size, story.told[i].version.size) >= LEAST);
}

/* The lines of an action's block. */
static void put_block(struct buf *out, const struct buf *table, unsigned action)
{
    const char prefix[] = {'r', ',', (char)('A' + action), ',', '\0'};
    for (const char *line = buf_text(table), *end; (end = strstr(line, "\r\n")); line = end + 2)
        if (strncmp(line, prefix, sizeof prefix - 1) == 0)
            buf_put(out, line, (size_t)(end + 2 - line));
}

static void check_standing(const struct told *before, const struct told *now)
{
    struct buf one, other;
    for (unsigned action = 0; action < ACTIONS; action++)
        for (int t = 0; !now->anew[action] && t < RELEASE_TABLES; t++) {
            buf_init(&one, 65536);
            buf_init(&other, 65536);
            put_block(&one, &before->tables[t], action);
            put_block(&other, &now->tables[t], action);
            fuzz_require(one.len > 0 && strcmp(buf_text(&one), buf_text(&other)) == 0);
            buf_free(&one);
            buf_free(&other);
        }
}

/* Making one. */

static struct earlier *lead_earlier(void)
{
    const struct panel *panel = catalogue->panel;
    struct earlier *earlier = earlier_new(round_questionnaire(panel, &panel->rounds[0]), catalogue->actions);
    fuzz_require(earlier != NULL);
    for (size_t i = 0; i < story.releases; i++)
        fuzz_require(earlier_add(earlier, story.told[i].version, story.told[i].tables, NULL) == 0);
    return earlier;
}

static void make(struct release *release)
{
    struct error error = {0};
    struct ballots *ballots = replay_story();
    struct release_source source = {.catalogue = catalogue,
                                    .number = (int64_t)story.releases + 1,
                                    .head = {.size = story.count},
                                    .log_key = "p+00000000+key",
                                    .invited = MEMBERS,
                                    .enrolled = MEMBERS,
                                    .ballots = ballots_counts(ballots),
                                    .earlier = lead_earlier()};
    check_ballots(ballots);
    fuzz_require(release_make(&source, release, &error) == 0);
    ballots_free(ballots);
    earlier_free(source.earlier);
}

static void keep_tables(struct told *told, struct release *release)
{
    for (int t = 0; t < RELEASE_TABLES; t++) {
        char name[RELEASE_NAME_SIZE];
        snprintf(name, sizeof name, "%s.csv", table_name((enum table)t));
        const struct release_file *file = release_find_file(release, name);
        fuzz_require(file != NULL);
        buf_init(&told->tables[t], SIZE_MAX);
        buf_put(&told->tables[t], file->text.data, file->text.len);
    }
}

static void make_release(void)
{
    struct release once, twice;
    if (story.releases == RELEASES_MAX || story.count == 0 || story.count == ENTRIES_MAX)
        return;
    make(&once);
    make(&twice);
    for (size_t i = 0; i < RELEASE_FILES; i++)
        fuzz_require(strcmp(buf_text(&once.files[i].text), buf_text(&twice.files[i].text)) == 0);
    struct told *told = &story.told[story.releases];
    *told = (struct told){.version = {(int64_t)story.releases + 1, (int64_t)story.count}};
    keep_tables(told, &once);
    story.releases++;
    check_summary(told);
    check_options(&told->tables[TABLE_OPTIONS], &told->tables[TABLE_QUESTIONS]);
    check_freshness(told);
    if (story.releases > 1)
        check_standing(&story.told[story.releases - 2], told);
    story.entries[story.count++] = (struct entry){.member = 0};
    release_wipe(&once);
    release_wipe(&twice);
}

static struct said said_of(uint8_t first, uint8_t second)
{
    struct said said = {.a = first % 3, .b = first / 3 % 3 - 1, .c = -1, .d = second & 7, .e = (second & 8) != 0};
    if (said.b == 1)
        said.c = first / 9 % 3 - 1;
    if (!(said.d & 4))
        said.d = 0;
    return said;
}

/* Four bytes a step: what is done, by whom from whom on, about which action and with which answers. */
static void take_step(const uint8_t step[4])
{
    unsigned first = step[1] % MEMBERS + 1, last = first + (step[0] >> 4), action = step[0] >> 3 & 1;
    struct said said = said_of(step[2], step[3]);
    if ((step[0] & 7) == 7) {
        make_release();
        return;
    }
    for (unsigned member = first; member <= last && member <= MEMBERS; member++) {
        if ((step[0] & 7) == 6)
            erase(member, action);
        else
            respond(member, action, &said);
        said.a = (said.a + step[0] % 2) % 3;
    }
}

int fuzz_release(const uint8_t *data, size_t len)
{
    if (!catalogue)
        read_panel();
    story.count = story.erasures = story.releases = 0;
    memset(story.revisions, 0, sizeof story.revisions);
    for (size_t at = 0; at + 4 <= len; at += 4)
        take_step(data + at);
    for (size_t i = 0; i < story.releases; i++)
        for (size_t t = 0; t < RELEASE_TABLES; t++)
            buf_free(&story.told[i].tables[t]);
    return 0;
}
