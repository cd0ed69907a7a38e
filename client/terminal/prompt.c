/* One question at a time: shown, an answer read, looked at, asked again until it fits. Signs and sends nothing. */
#include "client/terminal/prompt.h"
#include "base/cli.h"
#include "base/lang.h"
#include "base/number.h"
#include "base/text.h"
#include "client/terminal/output.h"
#include "client/terminal/questions.h"
#include "panel/answer.h"
#include <string.h>

#define TYPED_MAX ((size_t)64 * 1024)
#define SHOWN_MAX ((size_t)256 * 1024)
#define NOTHING "-"
#define BACK "<"

/* How one try at a question went. */
enum try_result { TRY_DONE, TRY_AGAIN, TRY_BACK, TRY_ENDED, TRY_FAILED };

static const char *kept_answer(const struct prompt *prompt, size_t question)
{
    return prompt->kept->typed[question];
}

/* Whether Enter alone answers a multi with none of its options. */
static bool enter_is_none(const struct question *q, bool has_kept)
{
    return q->type == QUESTION_MULTI && q->required && !has_kept;
}

/* What is shown. */

static const char *hint_for_text(const struct prompt *prompt)
{
    return prompt->input->is_terminal ? T("  as many lines as you like; a full stop (.) alone on a line ends it\n",
                                          "  zoveel regels als u wilt; een punt (.) alleen op een regel sluit af\n")
                                      : T("  on one line\n", "  op een regel\n");
}

/* The keys that are the same for all questions, on one line. */
static void put_keys(struct buf *out, const struct prompt *prompt, const struct question *q, bool has_kept)
{
    const char *keys[3] = {NULL}, *between = "  ";
    size_t count = 0;
    if (has_kept)
        keys[count++] = T("Enter: as before", "Enter: zoals eerder");
    else if (!q->required)
        keys[count++] = T("Enter: no answer", "Enter: geen antwoord");
    if (has_kept && !q->required && q->type != QUESTION_MULTI)
        keys[count++] = T("-: no answer", "-: geen antwoord");
    if (prompt->input->is_terminal && prompt->can_go_back)
        keys[count++] = T("<: back", "<: terug");
    for (size_t i = 0; i < count; i++, between = ", ")
        buf_printf(out, "%s%s", between, keys[i]);
    buf_put_text(out, count > 0 ? "\n" : "");
}

static void put_hints(struct buf *out, const struct prompt *prompt, const struct question *q, bool has_kept)
{
    if (enter_is_none(q, has_kept))
        buf_put_text(out, T("  several with commas between, Enter: none of these\n",
                            "  meer dan een met komma's ertussen, Enter: geen van deze\n"));
    else if (q->type == QUESTION_MULTI)
        buf_put_text(out, T("  several with commas between, -: none of these\n",
                            "  meer dan een met komma's ertussen, -: geen van deze\n"));
    if (q->type == QUESTION_TEXT)
        buf_put_text(out, hint_for_text(prompt));
    put_keys(out, prompt, q, has_kept);
}

/* Which question it is of how many, and on what it was asked. */
static void put_place(struct buf *out, const struct answers *answers, size_t question)
{
    const struct question *q = &answers->questionnaire->questions[question];
    buf_printf(out, T("Question %zu of %zu%s", "Vraag %zu van %zu%s"), question + 1,
               answers->questionnaire->question_count, q->required ? T(" (needed)", " (verplicht)") : "");
    if (q->has_when && answers->typed[q->when_question]) {
        buf_printf(out, T(", since you answered question %zu with: ", ", omdat uw antwoord op vraag %zu is: "),
                   q->when_question + 1);
        question_put_answer(out, &answers->questionnaire->questions[q->when_question], answers->typed[q->when_question],
                            answers->separator, "");
    }
    buf_put_char(out, '\n');
}

static int show_question(const struct prompt *prompt, const struct answers *answers, size_t question)
{
    const struct question *q = &answers->questionnaire->questions[question];
    const char *kept = kept_answer(prompt, question);
    struct buf out;
    buf_init(&out, SHOWN_MAX);
    put_place(&out, answers, question);
    question_put(&out, q);
    if (kept) {
        buf_put_text(&out, T("  answered before: ", "  eerder geantwoord: "));
        question_put_answer(&out, q, kept, prompt->kept->separator, "    ");
        buf_put_char(&out, '\n');
    }
    put_hints(&out, prompt, q, kept != NULL);
    cli_say("%s", "");
    output_say_lines(&out);
    int result = buf_check(&out);
    buf_free(&out);
    return result;
}

/* What is typed. */

static bool has_option(const struct question *q, const char *value, size_t len)
{
    for (size_t i = 0; i < q->option_count; i++)
        if (strlen(q->options[i].value) == len && memcmp(q->options[i].value, value, len) == 0)
            return true;
    return false;
}

/* Puts the option's value when `word` is the number shown before it and no value itself; else the word. */
static void put_word(struct buf *out, const struct question *q, const char *word, size_t len)
{
    int64_t number;
    while (len > 0 && *word == ' ') {
        word++;
        len--;
    }
    while (len > 0 && word[len - 1] == ' ')
        len--;
    if (number_parse(word, len, 1, (int64_t)q->option_count, &number) == 0 && !has_option(q, word, len))
        buf_put_text(out, q->options[number - 1].value);
    else
        buf_put(out, word, len);
}

static void put_words(struct buf *out, const struct question *q, const char *line, char separator)
{
    for (;;) {
        size_t len = strcspn(line, ",");
        put_word(out, q, line, len);
        if (!line[len])
            return;
        buf_put_char(out, separator);
        line += len + 1;
    }
}

/* What was typed as answer_put wants it. */
static void put_typed(struct buf *out, const struct question *q, const char *line, char separator)
{
    switch (q->type) {
    case QUESTION_CHOICE:
    case QUESTION_SCALE:
        put_word(out, q, line, strlen(line));
        return;
    case QUESTION_MULTI:
        put_words(out, q, line, separator);
        return;
    case QUESTION_TEXT:
        buf_put_text(out, line);
        return;
    }
}

/* Whether it fits the question; says why not. */
static bool check_typed(const struct question *q, const char *typed, char separator)
{
    struct faults faults;
    struct buf scratch;
    faults_init(&faults);
    buf_init(&scratch, SHOWN_MAX);
    bool fine = answer_put(&scratch, q, typed, separator, &faults) == 0;
    for (size_t i = 0; i < faults.count; i++)
        cli_say("  %s", faults.list[i].what);
    buf_free(&scratch);
    faults_free(&faults);
    return fine;
}

/* Whether all that was given so far still fits into one response: better told here than after the last question. */
static bool check_room(const struct prompt *prompt, const struct answers *answers)
{
    struct faults faults;
    struct buf json;
    faults_init(&faults);
    buf_init(&json, SHOWN_MAX);
    bool fine = answers_put_json(&json, answers, &faults) < 0 || json.len <= prompt->room;
    if (!fine)
        cli_say(T("  with this, your answers are too long together: make it shorter (bytes too many: %zu)",
                  "  hiermee zijn uw antwoorden samen te lang: maak het korter (bytes te veel: %zu)"),
                json.len - prompt->room);
    buf_free(&json);
    faults_free(&faults);
    return fine;
}

static enum try_result set_typed(const struct prompt *prompt, struct answers *answers, size_t question,
                                 const char *line)
{
    const struct question *q = &answers->questionnaire->questions[question];
    struct buf typed;
    enum try_result result = TRY_AGAIN;
    buf_init(&typed, TYPED_MAX);
    put_typed(&typed, q, line, answers->separator);
    bool is_set = buf_check(&typed) == 0 && answers_set(answers, question, buf_text(&typed)) == 0;
    if (is_set && check_typed(q, buf_text(&typed), answers->separator) && check_room(prompt, answers))
        result = TRY_DONE;
    else if (!is_set || answers_set(answers, question, NULL) < 0)
        result = TRY_FAILED;
    buf_free(&typed);
    return result;
}

/* Enter alone, or with nothing to be seen before it: what was answered before, or nothing. */
static enum try_result take_empty_line(const struct prompt *prompt, struct answers *answers, size_t question)
{
    const char *kept = kept_answer(prompt, question);
    if (kept)
        return answers_set(answers, question, kept) < 0 ? TRY_FAILED
               : check_room(prompt, answers)            ? TRY_DONE
                                                        : TRY_AGAIN;
    const struct question *q = &answers->questionnaire->questions[question];
    if (enter_is_none(q, false))
        return answers_set(answers, question, "") < 0 ? TRY_FAILED : TRY_DONE;
    if (!q->required)
        return answers_set(answers, question, NULL) < 0 ? TRY_FAILED : TRY_DONE;
    cli_say("  %s", T("an answer is needed here", "hier is een antwoord nodig"));
    return TRY_AGAIN;
}

/* Whether that alone was typed, and is no value of the question itself. */
static bool is_command(const struct question *q, const char *line, const char *command)
{
    return strcmp(line, command) == 0 && !has_option(q, command, strlen(command));
}

static enum try_result try_answer(const struct prompt *prompt, struct answers *answers, size_t question,
                                  struct buf *line)
{
    const struct question *q = &answers->questionnaire->questions[question];
    enum input_result read = q->type == QUESTION_TEXT ? input_read_text(prompt->input, line, NOTHING BACK)
                                                      : input_read_line(prompt->input, line);
    switch (read) {
    case INPUT_LINE:
        break;
    case INPUT_TOO_LONG:
    case INPUT_STRANGE:
        return TRY_AGAIN;
    case INPUT_ENDED:
        return TRY_ENDED;
    case INPUT_NO_MEMORY:
        return TRY_FAILED;
    }
    if (text_is_blank(buf_text(line), line->len))
        return take_empty_line(prompt, answers, question);
    if (prompt->input->is_terminal && is_command(q, buf_text(line), BACK))
        return TRY_BACK;
    if (answer_is_none(q, buf_text(line)))
        return answers_set_none(answers, question) < 0 ? TRY_FAILED : TRY_DONE;
    return set_typed(prompt, answers, question, buf_text(line));
}

enum prompt_result prompt_question(const struct prompt *prompt, struct answers *answers, size_t question)
{
    struct buf line;
    enum try_result result;
    if (show_question(prompt, answers, question) < 0)
        return PROMPT_FAILED;
    buf_init(&line, TYPED_MAX);
    do
        result = try_answer(prompt, answers, question, &line);
    while (result == TRY_AGAIN);
    buf_free(&line);
    switch (result) {
    case TRY_AGAIN:
    case TRY_DONE:
        return PROMPT_DONE;
    case TRY_BACK:
    case TRY_ENDED:
        if (answers_set(answers, question, NULL) < 0)
            return PROMPT_FAILED;
        return result == TRY_BACK ? PROMPT_BACK : PROMPT_ENDED;
    case TRY_FAILED:
        break;
    }
    return PROMPT_FAILED;
}
