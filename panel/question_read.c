/* A question that has a fault of its own is not held against those that refer to it: `sound` says
 * which are fit to be looked into. */
#include "panel/question_read.h"
#include "base/lang.h"
#include <inttypes.h>
#include <string.h>

#define TEXT_LENGTH_MAX 4000

struct questions {
    struct reading *r;
    struct questionnaire *out;
    bool sound[QUESTIONS_MAX];
};

static const struct id_rule question_rule = {
    question_id_is_valid,
    "must be 1 to 64 of a-z 0-9 _, a letter first",
    "moet uit 1 tot 64 tekens a-z 0-9 _ bestaan, met een letter vooraan",
};

static const struct id_rule option_rule = {
    option_value_is_valid,
    "must be 1 to 64 of a-z 0-9 _ -",
    "moet uit 1 tot 64 tekens a-z 0-9 _ - bestaan",
};

static int find_type(const char *name, enum question_type *out)
{
    const char *known;
    for (enum question_type type = 0; (known = question_type_name(type)) != NULL; type++) {
        if (strcmp(name, known) == 0) {
            *out = type;
            return 0;
        }
    }
    return -1;
}

static int read_type(struct reading *r, const struct json *value, enum question_type *out)
{
    const char *name = reading_text(r, value, "type");
    if (!name)
        return -1;
    if (find_type(name, out) == 0)
        return 0;
    size_t mark = reading_enter(r, "type");
    reading_fault(r, T("must be scale, choice, multi or text", "moet scale, choice, multi of text zijn"));
    reading_leave(r, mark);
    return -1;
}

static void read_ends(struct reading *r, const struct json *value, struct question *out)
{
    const struct json *ends = json_member(value, "ends");
    if (!ends)
        return;
    size_t mark = reading_enter(r, "ends");
    if (reading_is_object(r, ends, (const char *const[]){"min", "max", NULL})) {
        if (json_member(ends, "min") != NULL)
            reading_labels(r, ends, "min", &out->min_end);
        if (json_member(ends, "max") != NULL)
            reading_labels(r, ends, "max", &out->max_end);
    }
    reading_leave(r, mark);
}

static void read_scale(struct reading *r, const struct json *value, struct question *out)
{
    int64_t min, max;
    int no_min = reading_integer(r, value, "min", -JSON_INTEGER_MAX, JSON_INTEGER_MAX, &min);
    int no_max = reading_integer(r, value, "max", -JSON_INTEGER_MAX, JSON_INTEGER_MAX, &max);
    read_ends(r, value, out);
    if (no_min != 0 || no_max != 0)
        return;
    size_t mark = reading_enter(r, "max");
    if (min >= max)
        reading_fault(r, T("must be above min, %" PRId64, "moet hoger zijn dan min, %" PRId64), min);
    else if (max - min >= SCALE_MAX)
        reading_fault(r,
                      T("makes more than %d values; bring min and max closer",
                        "geeft meer dan %d waarden; breng min en max dichter bij elkaar"),
                      SCALE_MAX);
    reading_leave(r, mark);
    out->min = min;
    out->max = max;
}

static void read_question_options(struct reading *r, const struct json *value, struct question *out)
{
    const struct json *list = reading_list(r, value, "options", 2, OPTIONS_MAX);
    if (!list)
        return;
    out->options = reading_alloc(r, json_count(list), sizeof *out->options);
    if (!out->options)
        return;
    size_t mark = reading_enter(r, "options");
    for (const struct json *element = json_first(list); element; element = json_next(element)) {
        size_t place = reading_enter_place(r, out->option_count);
        struct option *option = &out->options[out->option_count++];
        if (reading_is_object(r, element, (const char *const[]){"value", "label", NULL})) {
            option->value = reading_id(r, element, "value", &option_rule);
            reading_labels(r, element, "label", &option->label);
        }
        reading_leave(r, place);
    }
    reading_check_unique(r, out->options, out->option_count, sizeof *out->options, "value");
    reading_leave(r, mark);
}

static void read_text_question(struct reading *r, const struct json *value, struct question *out)
{
    int64_t length;
    if (reading_integer(r, value, "maxLength", 1, TEXT_LENGTH_MAX, &length) == 0)
        out->max_length = (size_t)length;
}

#define OF_ANY "id", "type", "label", "required", "when"

/* The members that a question of each type has, and who reads those of that type alone. */
static const struct {
    const char *const *members;
    void (*read)(struct reading *r, const struct json *value, struct question *out);
} readers[] = {
    [QUESTION_SCALE] = {(const char *const[]){OF_ANY, "min", "max", "ends", NULL}, read_scale},
    [QUESTION_CHOICE] = {(const char *const[]){OF_ANY, "options", NULL}, read_question_options},
    [QUESTION_MULTI] = {(const char *const[]){OF_ANY, "options", NULL}, read_question_options},
    [QUESTION_TEXT] = {(const char *const[]){OF_ANY, "maxLength", NULL}, read_text_question},
};

/* Of a type that is unknown, all members that could belong. */
static const char *const any_member[] = {OF_ANY, "min", "max", "ends", "options", "maxLength", NULL};

/* `equals` as an option of the question referred to; -1 after a fault. */
static int read_equals(struct reading *r, const struct json *when, const struct question *earlier)
{
    const struct json *equals = reading_need(r, when, "equals");
    int64_t number;
    int option = -1;
    if (!equals)
        return -1;
    if (earlier->type == QUESTION_CHOICE && json_text(equals))
        option = question_find_option(earlier, json_text(equals));
    if (earlier->type == QUESTION_SCALE && json_integer(equals, &number) == 0)
        option = question_find_value(earlier, number);
    if (option >= 0)
        return option;
    size_t mark = reading_enter(r, "equals");
    if (earlier->type == QUESTION_SCALE)
        reading_fault(r,
                      T("must be an integer on the scale of '%s'", "moet een geheel getal op de schaal van '%s' zijn"),
                      earlier->id);
    else
        reading_fault(r, T("must be the value of an option of '%s'", "moet de waarde van een optie van '%s' zijn"),
                      earlier->id);
    reading_leave(r, mark);
    return -1;
}

/* Whether an answer to it is one of its options and no more. */
static bool can_be_referred_to(const struct question *question)
{
    enum question_counting counting = question_counting(question);
    return counting == COUNTED_ON_SCALE || counting == COUNTED_BY_CHOICE;
}

/* The question that `when` names, among those before `place`; -1 after a fault. */
static int read_when_question(struct questions *q, const struct json *when, size_t place)
{
    const char *id = reading_text(q->r, when, "question");
    if (!id)
        return -1;
    const struct questionnaire before = {.questions = q->out->questions, .question_count = place};
    int found = questionnaire_find(&before, id);
    size_t mark = reading_enter(q->r, "question");
    if (found < 0) {
        reading_fault(q->r,
                      T("no question '%s' stands before this one in the questionnaire",
                        "er staat geen vraag '%s' voor deze in de vragenlijst"),
                      id);
    } else if (q->sound[found] && !can_be_referred_to(&before.questions[found])) {
        reading_fault(q->r,
                      T("'%s' is no scale or choice; only those can be referred to",
                        "'%s' is geen scale of choice; alleen daarnaar kan worden verwezen"),
                      id);
        found = -1;
    }
    reading_leave(q->r, mark);
    return found;
}

static void read_when(struct questions *q, const struct json *value, size_t place)
{
    const struct json *when = json_member(value, "when");
    struct question *out = &q->out->questions[place];
    if (!when)
        return;
    size_t mark = reading_enter(q->r, "when");
    if (reading_is_object(q->r, when, (const char *const[]){"question", "equals", NULL})) {
        int question = read_when_question(q, when, place);
        int option = -1;
        if (question >= 0 && q->sound[question])
            option = read_equals(q->r, when, &q->out->questions[question]);
        else
            reading_need(q->r, when, "equals");
        if (option >= 0) {
            out->has_when = true;
            out->when_question = (size_t)question;
            out->when_option = (size_t)option;
        }
    }
    reading_leave(q->r, mark);
}

static void read_question(struct questions *q, const struct json *value, size_t place)
{
    struct question *out = &q->out->questions[place];
    size_t before = q->r->faults->total;
    bool has_type = json_type(value) == JSON_OBJECT && read_type(q->r, value, &out->type) == 0;
    if (reading_is_object(q->r, value, has_type ? readers[out->type].members : any_member)) {
        out->id = reading_id(q->r, value, "id", &question_rule);
        reading_labels(q->r, value, "label", &out->label);
        if (reading_bool(q->r, value, "required", &out->required) < 0)
            out->required = false;
        if (has_type)
            readers[out->type].read(q->r, value, out);
        q->sound[place] = q->r->faults->total == before && !q->r->faults->no_memory;
        read_when(q, value, place);
    }
}

void question_read_all(struct reading *r, const struct json *questionnaire, struct questionnaire *out)
{
    const struct json *list = reading_list(r, questionnaire, "questions", 1, QUESTIONS_MAX);
    if (!list)
        return;
    out->questions = reading_alloc(r, json_count(list), sizeof *out->questions);
    if (!out->questions)
        return;
    out->question_count = json_count(list);
    struct questions q = {.r = r, .out = out};
    size_t mark = reading_enter(r, "questions"), place = 0;
    for (const struct json *value = json_first(list); value; value = json_next(value), place++) {
        size_t element = reading_enter_place(r, place);
        read_question(&q, value, place);
        reading_leave(r, element);
    }
    reading_check_unique(r, out->questions, out->question_count, sizeof *out->questions, "id");
    reading_leave(r, mark);
}
