/* The texts, and the composed columns of a summary. rows.c and comments.c fill the columns in this order; a test holds
 * them together. */
#include "collector/tables/columns.h"
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

// clang-format off

/* Name, type, whether it is never empty, title and description. */

#define ROUND \
    {"round", COLUMN_TEXT, true, {"Round", "Ronde"}, \
     {"Id of the round in which the answers were given.", \
      "Id van de ronde waarin de antwoorden zijn gegeven."}}
#define ACTION \
    {"action", COLUMN_TEXT, true, {"Action", "Actie"}, \
     {"Id of the action in the action list.", \
      "Id van de actie in de actielijst."}}
#define QUESTION \
    {"question", COLUMN_TEXT, true, {"Question", "Vraag"}, \
     {"Id of the question in the questionnaire.", \
      "Id van de vraag in de vragenlijst."}}
#define ANSWERS \
    {"n", COLUMN_COUNT, false, {"Answers", "Antwoorden"}, \
     {"Members who answered the question; under disclosure control from rounded counts.", \
      "Panelleden die de vraag beantwoordden; bij onthullingscontrole uit afgeronde aantallen."}}

static const struct column summary_columns[] = {
    ROUND,
    ACTION,
    {"title", COLUMN_TEXT, true, {"Title", "Titel"},
     {"Title of the action.",
      "Titel van de actie."}},
    {"track", COLUMN_TEXT, false, {"Track", "Spoor"},
     {"Part of the programme that the action belongs to.",
      "Onderdeel van het programma waar de actie bij hoort."}},
    {"lead", COLUMN_TEXT, false, {"Lead", "Trekker"},
     {"Who leads the action.",
      "Wie de actie trekt."}},
    {"related", COLUMN_TEXT, false, {"Related", "Verwant"},
     {"What the action is related to.",
      "Waarmee de actie samenhangt."}},
    {"status", COLUMN_TEXT, true, {"Status", "Status"},
     {"State of the action: planned, started, running, done or stopped.",
      "Stand van de actie: planned (gepland), started (begonnen), running (lopend), done (klaar) of stopped "
      "(gestopt)."}},
    {"respondents", COLUMN_COUNT, false, {"Respondents", "Respondenten"},
     {"Members with a current response about the action; empty when suppressed.",
      "Panelleden met een huidige reactie over de actie; leeg bij onderdrukking."}},
    {"disclosure", COLUMN_TEXT, true, {"Disclosure", "Onthulling"},
     {"ok, or suppressed when too few members responded about the action to tell any figure.",
      "ok, of suppressed als te weinig panelleden over de actie reageerden om een cijfer te geven."}},
};

/* Of a scale. */
static const struct column figure_columns[] = {
    ANSWERS,
    {"mean", COLUMN_FIGURE, false, {"Mean", "Gemiddelde"},
     {"Arithmetic mean of the answers on the scale.",
      "Rekenkundig gemiddelde van de antwoorden op de schaal."}},
    {"sd", COLUMN_FIGURE, false, {"Standard deviation", "Standaarddeviatie"},
     {"Sample standard deviation, with n - 1; empty for fewer than two answers.",
      "Steekproefstandaarddeviatie, met n - 1; leeg bij minder dan twee antwoorden."}},
    {"median", COLUMN_FIGURE, false, {"Median", "Mediaan"},
     {"Middle answer; for an even n the mean of the two middle ones.",
      "Middelste antwoord; bij een even n het gemiddelde van de twee middelste."}},
    {"positive", COLUMN_SHARE, false, {"Positive", "Positief"},
     {"Share of the answers above the middle of the scale.",
      "Aandeel antwoorden boven het midden van de schaal."}},
    {"negative", COLUMN_SHARE, false, {"Negative", "Negatief"},
     {"Share of the answers below the middle of the scale.",
      "Aandeel antwoorden onder het midden van de schaal."}},
    {"net", COLUMN_BALANCE, false, {"Net", "Saldo"},
     {"Answers above less those below the middle, divided by n.",
      "Antwoorden boven min die onder het midden, gedeeld door n."}},
};

/* Before and after figure_columns. */
static const struct column question_columns[] = {
    ROUND,
    ACTION,
    QUESTION,
    {"type", COLUMN_TEXT, true, {"Type", "Soort"},
     {"Type of the question: scale, choice, multi or text.",
      "Soort vraag: scale (schaal), choice (keuze), multi (meer keuzes) of text (tekst)."}},
};
static const struct column question_end = {
    "disclosure", COLUMN_TEXT, true, {"Disclosure", "Onthulling"},
     {"ok, or suppressed when too few members answered the question, or all answered alike, to tell any figure.",
      "ok, of suppressed als te weinig panelleden de vraag beantwoordden, of allen hetzelfde, om een cijfer te "
      "geven."}};

static const struct column option_columns[] = {
    ROUND,
    ACTION,
    QUESTION,
    {"option", COLUMN_TEXT, true, {"Option", "Optie"},
     {"Value of the option, or the number on the scale.",
      "Waarde van de optie, of het getal op de schaal."}},
    {"count", COLUMN_COUNT, false, {"Count", "Aantal"},
     {"Members who gave this option; rounded under disclosure control.",
      "Panelleden die deze optie gaven; afgerond bij onthullingscontrole."}},
    ANSWERS,
    {"share", COLUMN_SHARE, false, {"Share", "Aandeel"},
     {"count divided by n.",
      "count gedeeld door n."}},
    {"ci_low", COLUMN_SHARE, false, {"Interval, low", "Interval, laag"},
     {"Lower end of the 95% Wilson score interval of the share.",
      "Ondergrens van het 95%-Wilson-score-interval van het aandeel."}},
    {"ci_high", COLUMN_SHARE, false, {"Interval, high", "Interval, hoog"},
     {"Upper end of the 95% Wilson score interval of the share.",
      "Bovengrens van het 95%-Wilson-score-interval van het aandeel."}},
    {"disclosure", COLUMN_TEXT, true, {"Disclosure", "Onthulling"},
     {"ok, or suppressed as the question's row in questions is.",
      "ok, of suppressed zoals de rij van de vraag in questions."}},
};

static const struct column comment_columns[] = {
    ROUND,
    ACTION,
    QUESTION,
    {"index", COLUMN_COUNT, true, {"Index", "Volgnummer"},
     {"Place in the log of the response that holds the text.",
      "Plaats in het logboek van de reactie die de tekst bevat."}},
    {"text", COLUMN_TEXT, true, {"Text", "Tekst"},
     {"The answer as it was given.",
      "Het antwoord zoals het is gegeven."}},
    {"told", COLUMN_TEXT, true, {"Told", "Verteld"},
     {"yes, or no when the newest release tells nothing of the action: too few responded, so such a text may point to "
      "its author and is not to be quoted.",
      "yes, of no als de nieuwste uitgave niets over de actie vertelt: te weinig mensen reageerden, dus zo'n tekst kan "
      "naar de schrijver wijzen en is niet om te citeren."}},
};

/* The last one of each table of a release. */
static const struct column release_column = {
    "release", COLUMN_COUNT, false, {"Release", "Uitgave"},
     {"Number of the release that told this row first; the row stands as it was told then. Empty when suppressed.",
      "Nummer van de uitgave die deze rij het eerst gaf; de rij staat er zoals zij toen is gegeven. Leeg bij "
      "onderdrukking."}};

static const struct column trend_columns[] = {
    ACTION,
    QUESTION,
    ROUND,
    {"opens_at", COLUMN_TEXT, true, {"Opens", "Opent"},
     {"When the round opened, in UTC.",
      "Wanneer de ronde openging, in UTC."}},
    {"closes_at", COLUMN_TEXT, true, {"Closes", "Sluit"},
     {"When the round closed, in UTC.",
      "Wanneer de ronde sloot, in UTC."}},
    {"release", COLUMN_COUNT, false, {"Release", "Uitgave"},
     {"Number of the round's release that told this first; empty when suppressed.",
      "Nummer van de uitgave van de ronde die dit het eerst vertelde; leeg bij onderdrukking."}},
    ANSWERS,
    {"mean", COLUMN_FIGURE, false, {"Mean", "Gemiddelde"},
     {"Arithmetic mean of the answers on the scale.",
      "Rekenkundig gemiddelde van de antwoorden op de schaal."}},
    {"mean_low", COLUMN_FIGURE, false, {"Mean, low", "Gemiddelde, laag"},
     {"Lower end of the 95% interval of the mean; empty for fewer than two answers.",
      "Ondergrens van het 95%-interval van het gemiddelde; leeg bij minder dan twee antwoorden."}},
    {"mean_high", COLUMN_FIGURE, false, {"Mean, high", "Gemiddelde, hoog"},
     {"Upper end of the 95% interval of the mean; empty for fewer than two answers.",
      "Bovengrens van het 95%-interval van het gemiddelde; leeg bij minder dan twee antwoorden."}},
    {"positive", COLUMN_SHARE, false, {"Positive", "Positief"},
     {"Share of the answers above the middle of the scale.",
      "Aandeel antwoorden boven het midden van de schaal."}},
    {"negative", COLUMN_SHARE, false, {"Negative", "Negatief"},
     {"Share of the answers below the middle of the scale.",
      "Aandeel antwoorden onder het midden van de schaal."}},
    {"net", COLUMN_BALANCE, false, {"Net", "Saldo"},
     {"Answers above less those below the middle, divided by n.",
      "Antwoorden boven min die onder het midden, gedeeld door n."}},
    {"net_low", COLUMN_BALANCE, false, {"Net, low", "Saldo, laag"},
     {"Lower end of the 95% interval of net, with one answer more on each side.",
      "Ondergrens van het 95%-interval van het saldo, met aan elke kant een antwoord meer."}},
    {"net_high", COLUMN_BALANCE, false, {"Net, high", "Saldo, hoog"},
     {"Upper end of the 95% interval of net, with one answer more on each side.",
      "Bovengrens van het 95%-interval van het saldo, met aan elke kant een antwoord meer."}},
    {"disclosure", COLUMN_TEXT, true, {"Disclosure", "Onthulling"},
     {"ok, or suppressed as the question's row in that release is.",
      "ok, of suppressed zoals de rij van de vraag in die uitgave."}},
};

static const struct column change_columns[] = {
    ROUND,
    {"table", COLUMN_TEXT, true, {"Table", "Tabel"},
     {"Which table the row is of: summary, questions or options.",
      "Van welke tabel de rij is: summary, questions of options."}},
    ACTION,
    {"question", COLUMN_TEXT, false, {"Question", "Vraag"},
     {"Id of the question; empty for a row of summary.",
      "Id van de vraag; leeg voor een rij van summary."}},
    {"option", COLUMN_TEXT, false, {"Option", "Optie"},
     {"Value of the option, or the number on the scale; empty but for a row of options.",
      "Waarde van de optie, of het getal op de schaal; leeg behalve voor een rij van options."}},
    {"change", COLUMN_TEXT, true, {"Change", "Verandering"},
     {"new, renewed, stands, gone or untold: whether the row was told in the earlier and in the later release, and "
      "whether anew.",
      "new (nieuw), renewed (vernieuwd), stands (staat), gone (weg) of untold (niet verteld): of de rij in de eerdere "
      "en de latere uitgave verteld is, en of opnieuw."}},
    {"figure", COLUMN_TEXT, true, {"Figure", "Cijfer"},
     {"The column of that table that differs; release for the row itself.",
      "De kolom van die tabel die verschilt; release voor de rij zelf."}},
    {"from", COLUMN_TEXT, false, {"From", "Van"},
     {"What the earlier release tells.",
      "Wat de eerdere uitgave vertelt."}},
    {"to", COLUMN_TEXT, false, {"To", "Naar"},
     {"What the later release tells.",
      "Wat de latere uitgave vertelt."}},
};

/* A summary's column of an option. */
static const struct column share_column = {
    "share", COLUMN_SHARE, false, {"Share", "Aandeel"},
     {"Share of the members who answered the question that gave this option.",
      "Aandeel van de panelleden die de vraag beantwoordden dat deze optie gaf."}};

/* A text, then the same of exact figures. */
#define WITH_EXACT(english, dutch, exact_english, exact_dutch) \
    {english, dutch}, {english exact_english, dutch exact_dutch}
#define TITLE(english, dutch) WITH_EXACT(english, dutch, ", exact figures", ", exacte cijfers")
#define DESCRIPTION(english, dutch) \
    WITH_EXACT(english, dutch, \
               " Exact figures, without disclosure control: not for publication.", \
               " Exacte cijfers, zonder onthullingscontrole: niet voor publicatie.")

/* Name, columns of the primary key, parent, title and description. */
static const struct {
    const char *name;
    size_t key;
    int parent;
    struct column_text title, exact_title, description, exact_description;
} tables[TABLE_KINDS] = {
    [TABLE_SUMMARY] = {"summary", 2, -1, TITLE("Summary", "Samenvatting"),
     DESCRIPTION("A row for each action of the round, with the figures of every question.",
                 "Een rij voor elke actie van de ronde, met de cijfers van elke vraag.")},
    [TABLE_QUESTIONS] = {"questions", 3, TABLE_SUMMARY, TITLE("Questions", "Vragen"),
     DESCRIPTION("A row for each question about each action.",
                 "Een rij voor elke vraag over elke actie.")},
    [TABLE_OPTIONS] = {"options", 4, TABLE_QUESTIONS, TITLE("Options", "Opties"),
     DESCRIPTION("A row for each option of each question about each action, with its share and interval.",
                 "Een rij voor elke optie van elke vraag over elke actie, met aandeel en interval.")},
    [TABLE_COMMENTS] = {"comments", 4, -1, TITLE("Comments", "Toelichtingen"),
     DESCRIPTION("A row for each text answer. Not under disclosure control: for the programme team alone.",
                 "Een rij voor elk tekstantwoord. Zonder onthullingscontrole: alleen voor het programmateam.")},
    [TABLE_TRENDS] = {"trends", 3, -1, TITLE("Trends", "Verloop"),
     DESCRIPTION("A row for each scale about each action in each round, as the newest releases told it.",
                 "Een rij voor elke schaal over elke actie in elke ronde, zoals de nieuwste uitgaven die vertelden.")},
    [TABLE_CHANGES] = {"changes", 7, -1, TITLE("Changes", "Veranderingen"),
     DESCRIPTION("A row for each figure that differs between two releases of a round.",
                 "Een rij voor elk cijfer dat tussen twee uitgaven van een ronde verschilt.")},
};

// clang-format on

/* Walks. */

struct walk {
    column_fn *each;
    void *context;
};

static int give_columns(const struct walk *walk, const struct column *columns, size_t count)
{
    int result = 0;
    for (size_t i = 0; i < count && result == 0; i++)
        result = walk->each(walk->context, &columns[i]);
    return result;
}

/* Puts `a: b: c` (c may be NULL) and a NUL; returns where it begins. */
static size_t put_composed_title(struct buf *out, const char *a, const char *b, const char *c)
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
static int give_composed_column(const struct walk *walk, const struct question *question, const struct column *base,
                                const struct option *option)
{
    struct buf text;
    buf_init(&text, SIZE_MAX);
    buf_printf(&text, "%s_%s", question->id, option ? option->value : base->name);
    buf_put_char(&text, '\0');
    size_t english = put_composed_title(&text, labels_text(&question->label, "en"), base->title.english,
                                        option ? labels_text(&option->label, "en") : NULL);
    size_t dutch = put_composed_title(&text, labels_text(&question->label, "nl"), base->title.dutch,
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

static int give_option_columns(const struct walk *walk, const struct question *question)
{
    int result = give_composed_column(walk, question, &figure_columns[0], NULL);
    for (size_t o = 0; o < question->option_count && result == 0; o++)
        result = give_composed_column(walk, question, &share_column, &question->options[o]);
    return result;
}

static int give_figure_columns(const struct walk *walk, const struct question *question)
{
    int result = 0;
    for (size_t i = 0; i < COUNT_OF(figure_columns) && result == 0; i++)
        result = give_composed_column(walk, question, &figure_columns[i], NULL);
    return result;
}

static int give_question_columns(const struct walk *walk, const struct question *question)
{
    switch (question_counting(question)) {
    case COUNTED_ON_SCALE:
        return give_figure_columns(walk, question);
    case COUNTED_BY_CHOICE:
    case COUNTED_BY_OPTION:
        return give_option_columns(walk, question);
    case COUNTED_AS_GIVEN:
        return give_composed_column(walk, question, &figure_columns[0], NULL);
    }
    return -1;
}

static int give_summary_columns(const struct walk *walk, const struct questionnaire *questionnaire)
{
    int result = give_columns(walk, summary_columns, COUNT_OF(summary_columns));
    for (size_t q = 0; q < questionnaire->question_count && result == 0; q++)
        result = give_question_columns(walk, &questionnaire->questions[q]);
    return result;
}

static int give_table_columns(const struct walk *walk, const struct column_source *source)
{
    int result = 0;
    switch (source->table) {
    case TABLE_SUMMARY:
        return give_summary_columns(walk, source->questionnaire);
    case TABLE_QUESTIONS:
        result = give_columns(walk, question_columns, COUNT_OF(question_columns));
        result = result == 0 ? give_columns(walk, figure_columns, COUNT_OF(figure_columns)) : result;
        return result == 0 ? give_columns(walk, &question_end, 1) : result;
    case TABLE_OPTIONS:
        return give_columns(walk, option_columns, COUNT_OF(option_columns));
    case TABLE_COMMENTS:
        return give_columns(walk, comment_columns, COUNT_OF(comment_columns));
    case TABLE_TRENDS:
        return give_columns(walk, trend_columns, COUNT_OF(trend_columns));
    case TABLE_CHANGES:
        return give_columns(walk, change_columns, COUNT_OF(change_columns));
    }
    return -1;
}

int columns_each(const struct column_source *source, column_fn *each, void *context)
{
    const struct walk walk = {each, context};
    int result = give_table_columns(&walk, source);
    bool told = source->released && source->table <= TABLE_OPTIONS;
    return result == 0 && told ? give_columns(&walk, &release_column, 1) : result;
}

/* Tables. */

const char *table_name(enum table table)
{
    return tables[table].name;
}

struct column_text table_title(enum table table)
{
    return tables[table].title;
}

struct column_text table_description(enum table table)
{
    return tables[table].description;
}

struct column_text table_exact_title(enum table table)
{
    return tables[table].exact_title;
}

struct column_text table_exact_description(enum table table)
{
    return tables[table].exact_description;
}

size_t table_key(enum table table)
{
    return tables[table].key;
}

int table_parent(enum table table)
{
    return tables[table].parent;
}
