/* The panel definition (PROTOCOL 2, panel.json): questionnaires, rounds, disclosure rules. Read once, immutable after,
 * so any number of threads may use it. Knows no store and no counts. */
#ifndef PANEL_DEFINITION_H
#define PANEL_DEFINITION_H

#include "base/buf.h"
#include "panel/faults.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PANEL_JSON_MAX ((size_t)4 * 1024 * 1024)
#define QUESTIONS_MAX 256 /* of one questionnaire */
#define SCALE_MAX 101 /* values of one scale */
#define OPTIONS_MAX 64

/* Of disclosure control (PROTOCOL 8), where a definition sets nothing. */
#define MIN_RESPONDENTS_USUAL 10
#define ROUND_TO_USUAL 5
#define RELEASE_INTERVAL_USUAL 28 /* days */

enum question_type { QUESTION_SCALE, QUESTION_CHOICE, QUESTION_MULTI, QUESTION_TEXT };

/* What is counted of the answers to a question, and so what tables tell of it. Who counts, protects or tabulates asks
 * for this, never for the type. */
enum question_counting {
    COUNTED_ON_SCALE, /* each answer is one of the values from min to max */
    COUNTED_BY_CHOICE, /* each answer is one of the options */
    COUNTED_BY_OPTION, /* each answer is any number of the options */
    COUNTED_AS_GIVEN, /* that there is an answer, and no more */
};

/* A text by language. `list` is in the order of the file; nl is always there. */
struct label {
    char *language; /* BCP 47, as in the file */
    char *text;
};

struct labels {
    struct label *list;
    size_t count;
};

struct option {
    char *value;
    struct labels label;
};

struct question {
    char *id;
    struct labels label;
    enum question_type type;
    bool required;
    bool has_when; /* asked only when the answer to question `when_question` is its option `when_option` */
    size_t when_question; /* always one that stands earlier, a scale or a choice */
    size_t when_option; /* index as for question_option_count */
    int64_t min, max; /* scale */
    struct labels min_end, max_end; /* scale; count 0 where absent */
    struct option *options; /* choice, multi */
    size_t option_count; /* of `options` */
    size_t max_length; /* text: Unicode code points */
};

struct questionnaire {
    char *id;
    struct question *questions;
    size_t question_count;
};

struct round {
    char *id;
    struct labels title;
    int64_t opens_at; /* seconds since 1970 */
    int64_t closes_at; /* exclusive */
    bool opens_uncommonly, closes_uncommonly; /* written as not every browser reads it (moments.h) */
    size_t questionnaire; /* index */
    bool all_actions;
    char **actions; /* ids in byte order, when not all */
    size_t action_count;
};

/* For how many days what is kept; 0: for as long as the collector is there. */
struct retention {
    int64_t responses_days; /* after the round closed */
    int64_t members_days; /* after their last response */
    int64_t invitations_days; /* after use: from then on nothing tells whose it was */
    int64_t access_log_days;
};

struct panel {
    char *id;
    struct labels title;
    struct labels purpose, privacy; /* shown before a member enrols; count 0 where absent */
    struct retention retention;
    struct questionnaire *questionnaires;
    size_t questionnaire_count;
    struct round *rounds;
    size_t round_count;
    int64_t min_respondents; /* at least 1; see panel/limits.h for what a new definition may set here */
    int64_t round_to; /* at least 1 */
    int64_t min_changed; /* at least 1 */
    int64_t release_interval; /* days */
};

/* Reads and checks a definition. NULL with at least one fault; `where` is an RFC 6901 pointer, or "byte N" for what is
 * no JSON. Every fault is named, not the first alone. Free with panel_free. */
MUST_CHECK struct panel *panel_parse(const char *text, size_t len, struct faults *faults);
void panel_free(struct panel *panel);

/* Index by id; -1 when there is none. */
int panel_find_round(const struct panel *panel, const char *id);
int panel_find_questionnaire(const struct panel *panel, const char *id);
int questionnaire_find(const struct questionnaire *questionnaire, const char *question_id);

/* The questionnaire of a round. */
const struct questionnaire *round_questionnaire(const struct panel *panel, const struct round *round);

bool round_is_open(const struct round *round, int64_t now);
bool round_has_action(const struct round *round, const char *action_id);

enum question_counting question_counting(const struct question *question);

/* How many options a question counts: the scale's values, the options, 0 where answers are counted as given. */
size_t question_option_count(const struct question *question);

/* Index of an option's value, or of a scale's value; -1 when there is none. */
int question_find_option(const struct question *question, const char *value);
int question_find_value(const struct question *question, int64_t value);

/* "scale", "choice", "multi", "text"; NULL beyond the last type. */
const char *question_type_name(enum question_type type);

/* Whether two questionnaires are the same in every respect. */
bool questionnaire_equal(const struct questionnaire *a, const struct questionnaire *b);

/* Whether a panel has this questionnaire: one of its id, the same in every respect. */
bool panel_has_questionnaire(const struct panel *panel, const struct questionnaire *questionnaire);

/* Frees the texts; there are none then. */
void labels_free(struct labels *labels);

/* The text in the wanted language ("nl", "en"), by the name as it is written, else in Dutch; "" when there is none at
 * all. */
const char *labels_text(const struct labels *labels, const char *language);

/* Whether both say the same in the same languages, whose order says nothing. */
bool labels_equal(const struct labels *a, const struct labels *b);

/* Appends {"<language>":"<text>",…}. */
void labels_put_json(struct buf *out, const struct labels *labels);

/* Whether `text` is 1 to 64 of the characters that PROTOCOL 2 allows for ids of that kind. */
bool panel_id_is_valid(const char *text); /* a-z 0-9 - */
bool question_id_is_valid(const char *text); /* a-z 0-9 _, a letter first */
bool option_value_is_valid(const char *text); /* a-z 0-9 _ - */

#endif
