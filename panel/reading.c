/* Each step enters the place that it reads, names what is wrong there, and leaves it as it came. */
#include "panel/reading.h"
#include "base/mem.h"
#include "panel/pointer.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void reading_init(struct reading *r, struct faults *faults, size_t longest)
{
    r->faults = faults;
    buf_init(&r->path, longest);
}

void reading_wipe(struct reading *r)
{
    buf_free(&r->path);
}

/* A pointer that could not grow names the wrong place, and only want of memory can be the cause. */
static size_t after_enter(struct reading *r, size_t mark)
{
    if (buf_check(&r->path) < 0)
        r->faults->no_memory = true;
    return mark;
}

size_t reading_enter(struct reading *r, const char *name)
{
    size_t mark = r->path.len;
    pointer_put_name(&r->path, name);
    return after_enter(r, mark);
}

size_t reading_enter_place(struct reading *r, size_t place)
{
    size_t mark = r->path.len;
    pointer_put_place(&r->path, place);
    return after_enter(r, mark);
}

void reading_leave(struct reading *r, size_t mark)
{
    r->path.len = mark;
    if (r->path.data)
        r->path.data[mark] = '\0';
}

static bool is_among(const char *name, const char *const *known)
{
    for (; *known; known++)
        if (strcmp(name, *known) == 0)
            return true;
    return false;
}

bool reading_is_object(struct reading *r, const struct json *value, const char *const *known)
{
    if (json_type(value) != JSON_OBJECT) {
        reading_fault(r, FAULTS_SAY(r->faults, "must be an object", "moet een object zijn"));
        return false;
    }
    for (const struct json *member = json_first(value); member; member = json_next(member)) {
        if (is_among(json_name(member), known))
            continue;
        size_t mark = reading_enter(r, json_name(member));
        reading_fault(r, FAULTS_SAY(r->faults, "does not belong here; remove it or mend its name",
                                    "hoort hier niet; haal het weg of verbeter de naam"));
        reading_leave(r, mark);
    }
    return true;
}

const struct json *reading_need(struct reading *r, const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);
    if (!member) {
        size_t mark = reading_enter(r, name);
        reading_fault(r, FAULTS_SAY(r->faults, "is missing; add it", "ontbreekt; voeg het toe"));
        reading_leave(r, mark);
    }
    return member;
}

const char *reading_text(struct reading *r, const struct json *object, const char *name)
{
    const struct json *member = reading_need(r, object, name);
    if (!member)
        return NULL;
    const char *text = json_text(member);
    if (!text) {
        size_t mark = reading_enter(r, name);
        reading_fault(r, FAULTS_SAY(r->faults, "must be a string", "moet een tekst tussen aanhalingstekens zijn"));
        reading_leave(r, mark);
    }
    return text;
}

char *reading_id(struct reading *r, const struct json *object, const char *name, const struct id_rule *rule)
{
    const char *text = reading_text(r, object, name);
    if (!text)
        return NULL;
    if (!rule->is_valid(text)) {
        size_t mark = reading_enter(r, name);
        reading_fault(r, "%s", FAULTS_SAY(r->faults, rule->english, rule->dutch));
        reading_leave(r, mark);
    }
    return reading_copy(r, text);
}

int reading_integer(struct reading *r, const struct json *object, const char *name, int64_t least, int64_t most,
                    int64_t *out)
{
    const struct json *member = reading_need(r, object, name);
    int64_t value;
    if (!member)
        return -1;
    if (json_integer(member, &value) == 0 && value >= least && value <= most) {
        *out = value;
        return 0;
    }
    size_t mark = reading_enter(r, name);
    reading_fault(r,
                  FAULTS_SAY(r->faults, "must be an integer from %" PRId64 " to %" PRId64,
                             "moet een geheel getal van %" PRId64 " tot en met %" PRId64 " zijn"),
                  least, most);
    reading_leave(r, mark);
    return -1;
}

int reading_bool(struct reading *r, const struct json *object, const char *name, bool *out)
{
    const struct json *member = reading_need(r, object, name);
    if (!member)
        return -1;
    if (json_bool(member, out) == 0)
        return 0;
    size_t mark = reading_enter(r, name);
    reading_fault(r, FAULTS_SAY(r->faults, "must be true or false", "moet true of false zijn"));
    reading_leave(r, mark);
    return -1;
}

/* The shape of a language tag (RFC 5646 §2.1): subtags of up to eight letters and digits, the first of letters, two or
 * more. */
static bool is_language(const char *text)
{
    size_t len = 0;
    bool first = true;
    for (;; text++) {
        if (first ? isalpha((unsigned char)*text) : isalnum((unsigned char)*text)) {
            len++;
            continue;
        }
        if (len < (first ? 2 : 1) || len > 8)
            return false;
        if (*text != '-')
            return *text == '\0';
        first = false;
        len = 0;
    }
}

static void read_label(struct reading *r, const struct json *member, struct labels *out)
{
    const char *language = json_name(member), *text = json_text(member);
    size_t mark = reading_enter(r, language);
    if (!is_language(language))
        reading_fault(r, FAULTS_SAY(r->faults, "is not a language such as nl or en", "is geen taal zoals nl of en"));
    else if (!text)
        reading_fault(r, FAULTS_SAY(r->faults, "must be a string", "moet een tekst tussen aanhalingstekens zijn"));
    else if (text[strspn(text, " \t\r\n")] == '\0')
        reading_fault(r, FAULTS_SAY(r->faults, "is empty; fill it in or leave the language out",
                                    "is leeg; vul het in of laat de taal weg"));
    else {
        struct label *label = &out->list[out->count++];
        label->language = reading_copy(r, language);
        label->text = reading_copy(r, text);
    }
    reading_leave(r, mark);
}

void reading_labels(struct reading *r, const struct json *object, const char *name, struct labels *out)
{
    const struct json *texts = reading_need(r, object, name);
    if (!texts)
        return;
    size_t mark = reading_enter(r, name);
    if (json_type(texts) != JSON_OBJECT) {
        reading_fault(r, FAULTS_SAY(r->faults, "must be an object of texts by language, such as {\"nl\": \"…\"}",
                                    "moet een object met teksten per taal zijn, zoals {\"nl\": \"…\"}"));
    } else {
        if (json_count(texts) > 0)
            out->list = reading_alloc(r, json_count(texts), sizeof *out->list);
        if (out->list)
            for (const struct json *member = json_first(texts); member; member = json_next(member))
                read_label(r, member, out);
        reading_need(r, texts, "nl");
    }
    reading_leave(r, mark);
}

static void fault_count(struct reading *r, size_t count, size_t least, size_t most)
{
    if (count < least)
        reading_fault(
            r, FAULTS_SAY(r->faults, "must have at least %zu %s, has %zu", "moet minstens %zu %s hebben, heeft er %zu"),
            least,
            least == 1 ? FAULTS_SAY(r->faults, "element", "onderdeel")
                       : FAULTS_SAY(r->faults, "elements", "onderdelen"),
            count);
    else
        reading_fault(
            r, FAULTS_SAY(r->faults, "may have at most %zu %s, has %zu", "mag hoogstens %zu %s hebben, heeft er %zu"),
            most,
            most == 1 ? FAULTS_SAY(r->faults, "element", "onderdeel") : FAULTS_SAY(r->faults, "elements", "onderdelen"),
            count);
}

const struct json *reading_list(struct reading *r, const struct json *object, const char *name, size_t least,
                                size_t most)
{
    const struct json *list = reading_need(r, object, name);
    if (!list)
        return NULL;
    size_t mark = reading_enter(r, name), count = json_count(list);
    if (json_type(list) != JSON_ARRAY) {
        reading_fault(r, FAULTS_SAY(r->faults, "must be a list", "moet een lijst zijn"));
        list = NULL;
    } else if (count < least || count > most) {
        fault_count(r, count, least, most);
        list = NULL;
    }
    reading_leave(r, mark);
    return list;
}

void *reading_alloc(struct reading *r, size_t count, size_t size)
{
    void *list = mem_calloc(count, size);
    if (!list)
        r->faults->no_memory = true;
    return list;
}

char *reading_copy(struct reading *r, const char *text)
{
    char *copy = mem_copy_text(text, strlen(text));
    if (!copy)
        r->faults->no_memory = true;
    return copy;
}

struct entry {
    const char *id;
    size_t place;
};

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = strcmp(a->id, b->id);
    return order != 0 ? order : (a->place > b->place) - (a->place < b->place);
}

static void fault_repeated(struct reading *r, const struct entry *entry, const char *name)
{
    size_t element = reading_enter_place(r, entry->place);
    if (name)
        reading_enter(r, name);
    reading_fault(
        r, FAULTS_SAY(r->faults, "'%s' is there already; each must differ", "'%s' staat er al; elk moet anders zijn"),
        entry->id);
    reading_leave(r, element);
}

void reading_check_unique(struct reading *r, const void *list, size_t count, size_t size, const char *name)
{
    if (!list || count < 2)
        return;
    struct entry *entries = reading_alloc(r, count, sizeof *entries);
    if (!entries)
        return;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(&entries[used].id, (const char *)list + i * size, sizeof entries[used].id);
        entries[used].place = i;
        if (entries[used].id)
            used++;
    }
    qsort(entries, used, sizeof *entries, compare_entries);
    for (size_t i = 1; i < used; i++)
        if (strcmp(entries[i - 1].id, entries[i].id) == 0)
            fault_repeated(r, &entries[i], name);
    mem_free(entries);
}
