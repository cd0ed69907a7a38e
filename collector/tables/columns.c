/* The texts, and the composed columns of a summary. The order of the fixed columns is tables.c's and comments.c's; a
 * test holds them together. */
#include "collector/tables/columns.h"
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

#define ROUND                                                                                                          \
    {                                                                                                                  \
        "round", COLUMN_TEXT, true, {"Round", "Ronde"},                                                                \
        {                                                                                                              \
            "Id of the round in which the answers were given.", "Id van de ronde waarin de antwoorden zijn gegeven."   \
        }                                                                                                              \
    }
#define ACTION                                                                                                         \
    {                                                                                                                  \
        "action", COLUMN_TEXT, true, {"Action", "Actie"},                                                              \
        {                                                                                                              \
            "Id of the action in the action list.", "Id van de actie in de actielijst."                                \
        }                                                                                                              \
    }
#define QUESTION                                                                                                       \
    {                                                                                                                  \
        "question", COLUMN_TEXT, true, {"Question", "Vraag"},                                                          \
        {                                                                                                              \
            "Id of the question in the questionnaire.", "Id van de vraag in de vragenlijst."                           \
        }                                                                                                              \
    }

static const struct column summary[] = {
    ROUND,
    ACTION,
    {"title", COLUMN_TEXT, true, {"Title", "Titel"}, {"Title of the action.", "Titel van de actie."}},
    {"track",
     COLUMN_TEXT,
     false,
     {"Track", "Spoor"},
     {"Part of the programme that the action belongs to.", "Onderdeel van het programma waar de actie bij hoort."}},
    {"lead", COLUMN_TEXT, false, {"Lead", "Trekker"}, {"Who leads the action.", "Wie de actie trekt."}},
    {"related",
     COLUMN_TEXT,
     false,
     {"Related", "Verwant"},
     {"What the action is related to.", "Waarmee de actie samenhangt."}},
    {"status",
     COLUMN_TEXT,
     true,
     {"Status", "Status"},
     {"State of the action: planned, started, running, done or stopped.",
      "Stand van de actie: planned (gepland), started (begonnen), running (lopend), done (klaar) of stopped "
      "(gestopt)."}},
    {"respondents",
     COLUMN_COUNT,
     false,
     {"Respondents", "Respondenten"},
     {"Members with a current response about the action; empty when suppressed.",
      "Panelleden met een huidige reactie over de actie; leeg bij onderdrukking."}},
    {"disclosure",
     COLUMN_TEXT,
     true,
     {"Disclosure", "Onthulling"},
     {"ok, or suppressed when too few members responded about the action to tell any figure.",
      "ok, of suppressed als te weinig panelleden over de actie reageerden om een cijfer te geven."}},
};

#define N                                                                                                              \
    {                                                                                                                  \
        "n", COLUMN_COUNT, false, {"Answers", "Antwoorden"},                                                           \
        {                                                                                                              \
            "Members who answered the question; under disclosure control from rounded counts.",                        \
                "Panelleden die de vraag beantwoordden; bij onthullingscontrole uit afgeronde aantallen."              \
        }                                                                                                              \
    }

/* Of a scale, in the order of the tables. */
static const struct column figures[] = {
    N,
    {"mean",
     COLUMN_FIGURE,
     false,
     {"Mean", "Gemiddelde"},
     {"Arithmetic mean of the answers on the scale.", "Rekenkundig gemiddelde van de antwoorden op de schaal."}},
    {"sd",
     COLUMN_FIGURE,
     false,
     {"Standard deviation", "Standaarddeviatie"},
     {"Sample standard deviation, with n - 1; empty for fewer than two answers.",
      "Steekproefstandaarddeviatie, met n - 1; leeg bij minder dan twee antwoorden."}},
    {"median",
     COLUMN_FIGURE,
     false,
     {"Median", "Mediaan"},
     {"Middle answer; for an even n the mean of the two middle ones.",
      "Middelste antwoord; bij een even n het gemiddelde van de twee middelste."}},
    {"positive",
     COLUMN_SHARE,
     false,
     {"Positive", "Positief"},
     {"Share of the answers above the middle of the scale.", "Aandeel antwoorden boven het midden van de schaal."}},
    {"negative",
     COLUMN_SHARE,
     false,
     {"Negative", "Negatief"},
     {"Share of the answers below the middle of the scale.", "Aandeel antwoorden onder het midden van de schaal."}},
    {"net",
     COLUMN_BALANCE,
     false,
     {"Net", "Saldo"},
     {"Answers above less those below the middle, divided by n.",
      "Antwoorden boven min die onder het midden, gedeeld door n."}},
};

static const struct column question_before[] = {
    ROUND,
    ACTION,
    QUESTION,
    {"type",
     COLUMN_TEXT,
     true,
     {"Type", "Soort"},
     {"Type of the question: scale, choice, multi or text.",
      "Soort vraag: scale (schaal), choice (keuze), multi (meer keuzes) of text (tekst)."}},
};

static const struct column question_after[] = {
    {"disclosure",
     COLUMN_TEXT,
     true,
     {"Disclosure", "Onthulling"},
     {"ok, or suppressed when too few members answered the question, or all answered alike, to tell any figure.",
      "ok, of suppressed als te weinig panelleden de vraag beantwoordden, of allen hetzelfde, om een cijfer te "
      "geven."}},
};

static const struct column option_before[] = {
    ROUND,
    ACTION,
    QUESTION,
    {"option",
     COLUMN_TEXT,
     true,
     {"Option", "Optie"},
     {"Value of the option, or the number on the scale.", "Waarde van de optie, of het getal op de schaal."}},
    {"count",
     COLUMN_COUNT,
     false,
     {"Count", "Aantal"},
     {"Members who gave this option; rounded under disclosure control.",
      "Panelleden die deze optie gaven; afgerond bij onthullingscontrole."}},
    N,
};

static const struct column option_after[] = {
    {"share", COLUMN_SHARE, false, {"Share", "Aandeel"}, {"count divided by n.", "count gedeeld door n."}},
    {"ci_low",
     COLUMN_SHARE,
     false,
     {"Interval, low", "Interval, laag"},
     {"Lower end of the 95% Wilson score interval of the share.",
      "Ondergrens van het 95%-Wilson-score-interval van het aandeel."}},
    {"ci_high",
     COLUMN_SHARE,
     false,
     {"Interval, high", "Interval, hoog"},
     {"Upper end of the 95% Wilson score interval of the share.",
      "Bovengrens van het 95%-Wilson-score-interval van het aandeel."}},
    {"disclosure",
     COLUMN_TEXT,
     true,
     {"Disclosure", "Onthulling"},
     {"ok, or suppressed as the question's row in questions is.",
      "ok, of suppressed zoals de rij van de vraag in questions."}},
};

static const struct column comment_columns[] = {
    ROUND,
    ACTION,
    QUESTION,
    {"index",
     COLUMN_COUNT,
     true,
     {"Index", "Volgnummer"},
     {"Place in the log of the response that holds the text.",
      "Plaats in het logboek van de reactie die de tekst bevat."}},
    {"text",
     COLUMN_TEXT,
     true,
     {"Text", "Tekst"},
     {"The answer as it was given.", "Het antwoord zoals het is gegeven."}},
};

static const struct column share = {"share",
                                    COLUMN_SHARE,
                                    false,
                                    {"Share", "Aandeel"},
                                    {"Share of the members who answered the question that gave this option.",
                                     "Aandeel van de panelleden die de vraag beantwoordden dat deze optie gaf."}};

/* Walks. */

struct walk {
    column_fn *each;
    void *context;
};

static int give(const struct walk *walk, const struct column *columns, size_t count)
{
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        result = walk->each(walk->context, &columns[i]);
    return result;
}

/* Puts `a: b: c` (c may be NULL) and a NUL; returns where it begins. */
static size_t put_title(struct buf *out, const char *a, const char *b, const char *c)
{
    size_t at = out->len;
    buf_put_text(out, a);
    buf_put_text(out, c ? ": " : "");
    buf_put_text(out, c ? c : "");
    buf_put_text(out, ": ");
    buf_put_text(out, b);
    buf_put_char(out, '\0');
    return at;
}

/* A summary's column of a question: `<question>_<suffix>`, titled with the question's and the option's label. */
static int give_composed(const struct walk *walk, const struct question *question, const struct column *base,
                         const struct option *option)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_printf(&text, "%s_%s", question->id, option ? option->value : base->name);
    buf_put_char(&text, '\0');
    size_t english = put_title(&text, labels_text(&question->label, "en"), base->title.english,
                               option ? labels_text(&option->label, "en") : NULL);
    size_t dutch = put_title(&text, labels_text(&question->label, "nl"), base->title.dutch,
                             option ? labels_text(&option->label, "nl") : NULL);
    int result = buf_check(&text);
    if (result == 0) {
        struct column column = *base;
        column.name = text.data;
        column.title = (struct column_text){text.data + english, text.data + dutch};
        result = walk->each(walk->context, &column);
    }
    buf_free(&text);
    return result;
}

static int give_options(const struct walk *walk, const struct question *question)
{
    int result = give_composed(walk, question, &figures[0], NULL);
    for (size_t o = 0; o < question->option_count && result == 0; o++)
        result = give_composed(walk, question, &share, &question->options[o]);
    return result;
}

static int give_figures(const struct walk *walk, const struct question *question)
{
    int result = 0;
    for (size_t i = 0; i < COUNT_OF(figures) && result == 0; i++)
        result = give_composed(walk, question, &figures[i], NULL);
    return result;
}

static int give_question(const struct walk *walk, const struct question *question)
{
    switch (question->type) {
    case QUESTION_SCALE:
        return give_figures(walk, question);
    case QUESTION_CHOICE:
    case QUESTION_MULTI:
        return give_options(walk, question);
    case QUESTION_TEXT:
        return give_composed(walk, question, &figures[0], NULL);
    }
    return -1;
}

static int give_summary(const struct walk *walk, const struct questionnaire *questionnaire)
{
    int result = give(walk, summary, COUNT_OF(summary));
    for (size_t q = 0; q < questionnaire->question_count && result == 0; q++)
        result = give_question(walk, &questionnaire->questions[q]);
    return result;
}

int columns_each(enum sheet_kind kind, const struct questionnaire *questionnaire, column_fn *each, void *context)
{
    const struct walk walk = {each, context};
    int result = -1;
    switch (kind) {
    case SHEET_SUMMARY:
        return give_summary(&walk, questionnaire);
    case SHEET_QUESTIONS:
        result = give(&walk, question_before, COUNT_OF(question_before));
        result = result == 0 ? give(&walk, figures, COUNT_OF(figures)) : result;
        return result == 0 ? give(&walk, question_after, COUNT_OF(question_after)) : result;
    case SHEET_OPTIONS:
        result = give(&walk, option_before, COUNT_OF(option_before));
        return result == 0 ? give(&walk, option_after, COUNT_OF(option_after)) : result;
    case SHEET_COMMENTS:
        return give(&walk, comment_columns, COUNT_OF(comment_columns));
    }
    return result;
}

/* Tables. */

static const struct {
    size_t key;
    int parent;
    struct column_text title, description;
} tables[SHEET_COUNT] = {
    [SHEET_SUMMARY] = {2,
                       -1,
                       {"Summary", "Samenvatting"},
                       {"A row for each action of the round, with the figures of every question.",
                        "Een rij voor elke actie van de ronde, met de cijfers van elke vraag."}},
    [SHEET_QUESTIONS] = {3,
                         SHEET_SUMMARY,
                         {"Questions", "Vragen"},
                         {"A row for each question about each action.", "Een rij voor elke vraag over elke actie."}},
    [SHEET_OPTIONS] = {4,
                       SHEET_QUESTIONS,
                       {"Options", "Opties"},
                       {"A row for each option of each question about each action, with its share and interval.",
                        "Een rij voor elke optie van elke vraag over elke actie, met aandeel en interval."}},
    [SHEET_COMMENTS] = {4,
                        SHEET_QUESTIONS,
                        {"Comments", "Toelichtingen"},
                        {"A row for each text answer. Not under disclosure control: for the programme team alone.",
                         "Een rij voor elk tekstantwoord. Zonder onthullingscontrole: alleen voor het programmateam."}},
};

size_t columns_key(enum sheet_kind kind)
{
    return tables[kind].key;
}

int columns_parent(enum sheet_kind kind)
{
    return tables[kind].parent;
}

struct column_text columns_table_title(enum sheet_kind kind)
{
    return tables[kind].title;
}

struct column_text columns_table_description(enum sheet_kind kind)
{
    return tables[kind].description;
}
