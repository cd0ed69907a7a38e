/* Strict JSON over cJSON, in three steps: json_check's pass over the text, cJSON's parse of what passed, and a walk
 * over the tree for what only shows there: repeated members, numbers out of range. A struct json is a cJSON item under
 * another name. */
#include "base/json.h"
#include "base/json_check.h"
#include "base/mem.h"
#include <cjson/cJSON.h>
#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIND_MASK 0xFF /* the type proper; cJSON keeps flags of its own in bits 8 and 9 */
#define NOT_INTEGER (1 << 16) /* ours: a number not written as an integer within range */
#define FEW_MEMBERS 16 /* up to here each name is compared with each, beyond they are sorted */

static const cJSON *item_of(const struct json *value)
{
    return (const cJSON *)(const void *)value;
}

static const struct json *value_of(const cJSON *item)
{
    return (const struct json *)(const void *)item;
}

static bool is_kind(const cJSON *item, int kind)
{
    return item && (item->type & KIND_MASK) == kind;
}

/* The walk over a parsed tree, in document order, so that its numbers come as json_check counted them. */
struct walk {
    const struct json_scan *scan;
    size_t numbers; /* seen so far */
    size_t fractions; /* of scan->fractions, met so far */
    const cJSON *culprit; /* the value that is wrong, NULL for lack of memory */
    const char *what, *dutch;
};

static int refuse_value(struct walk *walk, const cJSON *culprit, const char *english, const char *dutch)
{
    walk->culprit = culprit;
    walk->what = english;
    walk->dutch = dutch;
    return -1;
}

static int compare_member_names(const void *a, const void *b)
{
    const cJSON *const *left = (const cJSON *const *)a;
    const cJSON *const *right = (const cJSON *const *)b;
    return strcmp((*left)->string, (*right)->string);
}

static int check_few_names(struct walk *walk, const cJSON *object)
{
    for (const cJSON *later = object->child; later; later = later->next)
        for (const cJSON *earlier = object->child; earlier != later; earlier = earlier->next)
            if (strcmp(earlier->string, later->string) == 0)
                return refuse_value(walk, later, "member repeated", "lid staat er twee keer");
    return 0;
}

/* Which of two members of one object stands later in the text. */
static const cJSON *later_of(const cJSON *a, const cJSON *b)
{
    const cJSON *member = a;
    while (member && member != b)
        member = member->next;
    return member ? b : a;
}

static int check_many_names(struct walk *walk, const cJSON *object, size_t count)
{
    const cJSON **sorted = mem_calloc(count, sizeof(const cJSON *));
    if (!sorted)
        return refuse_value(walk, NULL, "out of memory", "te weinig geheugen");
    size_t n = 0;
    for (const cJSON *member = object->child; member; member = member->next)
        sorted[n++] = member;
    qsort(sorted, n, sizeof(const cJSON *), compare_member_names);
    int result = 0;
    for (size_t i = 1; i < n && result == 0; i++)
        if (compare_member_names(&sorted[i - 1], &sorted[i]) == 0)
            result =
                refuse_value(walk, later_of(sorted[i - 1], sorted[i]), "member repeated", "lid staat er twee keer");
    mem_free(sorted);
    return result;
}

static int check_number(struct walk *walk, cJSON *item)
{
    const struct json_scan *scan = walk->scan;
    if (walk->fractions < scan->fraction_count && scan->fractions[walk->fractions] == walk->numbers) {
        walk->fractions++;
        item->type |= NOT_INTEGER;
    }
    walk->numbers++;
    return isfinite(item->valuedouble) ? 0 : refuse_value(walk, item, "number out of range", "getal te groot");
}

static int check_tree(struct walk *walk, cJSON *item)
{
    if (is_kind(item, cJSON_Number))
        return check_number(walk, item);
    size_t count = 0;
    for (cJSON *child = item->child; child; child = child->next) {
        if (check_tree(walk, child) < 0)
            return -1;
        count++;
    }
    if (!is_kind(item, cJSON_Object))
        return 0;
    return count <= FEW_MEMBERS ? check_few_names(walk, item) : check_many_names(walk, item, count);
}

/* Counts the values up to and with `sought`, in document order; whether it was found. */
static bool count_to(const cJSON *item, const cJSON *sought, size_t *count)
{
    ++*count;
    if (item == sought)
        return true;
    for (const cJSON *child = item->child; child; child = child->next)
        if (count_to(child, sought, count))
            return true;
    return false;
}

/* The byte where the culprit stands: cJSON keeps no places, so the text is passed over once more. */
static size_t find_place(const struct walk *walk, const cJSON *document, const char *text, size_t len)
{
    struct json_scan scan = {.text = text, .len = len};
    size_t place = 0;
    if (!walk->culprit || !count_to(document, walk->culprit, &scan.sought))
        return 0;
    if (json_scan_run(&scan) == 0)
        place = is_kind(walk->culprit, cJSON_Number) && !isfinite(walk->culprit->valuedouble) ? scan.sought_at
                                                                                              : scan.sought_name_at;
    json_scan_wipe(&scan);
    return place;
}

/* All that one document consists of lies in a few blocks, which go when it goes: a document is some dozens of small
 * pieces, and a request pays for each that malloc hands out. The root is the first thing in the first block. */
struct block {
    struct block *next;
    size_t used, size; /* of `bytes` */
    _Alignas(max_align_t) char bytes[];
};

#define BLOCK_FIRST 960 /* with its head what malloc hands out from a thread's own cache; a response takes two */

static _Thread_local struct block *first_block, *last_block; /* of the document that this thread is parsing */

static struct block *add_block(size_t size)
{
    struct block *block = mem_alloc(sizeof *block + size);
    if (!block)
        return NULL;
    *block = (struct block){.size = size};
    if (last_block)
        last_block->next = block;
    else
        first_block = block;
    last_block = block;
    return block;
}

static void free_blocks(struct block *block)
{
    while (block) {
        struct block *next = block->next;
        mem_free(block);
        block = next;
    }
}

static void *take_piece(size_t size)
{
    size_t rounded = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
    struct block *block = last_block;
    if (rounded > block->size - block->used) {
        size_t larger = block == first_block ? block->size : block->size * 2;
        block = add_block(rounded > larger ? rounded : larger);
        if (!block)
            return NULL;
    }
    void *piece = block->bytes + block->used;
    block->used += rounded;
    return piece;
}

/* cJSON gives back only what it drops when it gives up. */
static void drop_piece(void *piece)
{
    (void)piece;
}

static void set_hooks(void)
{
    cJSON_Hooks hooks = {.malloc_fn = take_piece, .free_fn = drop_piece};
    cJSON_InitHooks(&hooks);
}

/* Step two. NULL for lack of memory alone. */
static cJSON *parse_into_blocks(const struct json_scan *scan)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    cJSON *document = NULL;
    pthread_once(&once, set_hooks);
    if (add_block(BLOCK_FIRST))
        document = cJSON_ParseWithLength(scan->text, scan->len);
    if (!document)
        free_blocks(first_block);
    first_block = last_block = NULL;
    return document;
}

/* Steps two and three, for a text that has passed the first. */
static cJSON *build_tree(const struct json_scan *scan, struct json_fault *fault)
{
    struct walk walk = {.scan = scan};
    cJSON *document = parse_into_blocks(scan);
    if (!document) {
        *fault = (struct json_fault){.what = "out of memory", .dutch = "te weinig geheugen", .no_memory = true};
        return NULL;
    }
    if (check_tree(&walk, document) < 0) {
        *fault = (struct json_fault){.offset = find_place(&walk, document, scan->text, scan->len),
                                     .what = walk.what,
                                     .dutch = walk.dutch,
                                     .no_memory = !walk.culprit};
        json_free((struct json *)(void *)document);
        return NULL;
    }
    return document;
}

struct json *json_parse(const char *text, size_t len, struct json_fault *fault)
{
    struct json_scan scan = {.text = text, .len = len};
    struct json_fault found = {0};
    cJSON *document = NULL;
    if (json_scan_run(&scan) == 0)
        document = build_tree(&scan, &found);
    else
        found =
            (struct json_fault){.offset = scan.at, .what = scan.what, .dutch = scan.dutch, .no_memory = scan.no_memory};
    json_scan_wipe(&scan);
    if (!document && fault)
        *fault = found;
    return (struct json *)(void *)document;
}

int json_fault_error(const struct json_fault *fault, struct error *error)
{
    return fault->no_memory ? error_no_memory(error) : error_set(error, ERROR_REFUSED, "%s", fault->what);
}

void json_free(struct json *document)
{
    if (document)
        free_blocks((struct block *)(void *)((char *)document - offsetof(struct block, bytes)));
}

enum json_type json_type(const struct json *value)
{
    switch (item_of(value)->type & KIND_MASK) {
    case cJSON_False:
    case cJSON_True:
        return JSON_BOOL;
    case cJSON_Number:
        return JSON_NUMBER;
    case cJSON_String:
        return JSON_STRING;
    case cJSON_Array:
        return JSON_ARRAY;
    case cJSON_Object:
        return JSON_OBJECT;
    default:
        return JSON_NULL;
    }
}

const struct json *json_member(const struct json *object, const char *name)
{
    if (!is_kind(item_of(object), cJSON_Object))
        return NULL;
    for (const cJSON *member = item_of(object)->child; member; member = member->next) {
        if (strcmp(member->string, name) == 0)
            return value_of(member);
    }
    return NULL;
}

const struct json *json_first(const struct json *container)
{
    return container ? value_of(item_of(container)->child) : NULL;
}

const struct json *json_next(const struct json *value)
{
    return value ? value_of(item_of(value)->next) : NULL;
}

size_t json_count(const struct json *container)
{
    size_t count = 0;
    for (const struct json *value = json_first(container); value; value = json_next(value))
        count++;
    return count;
}

const char *json_name(const struct json *member)
{
    return member ? item_of(member)->string : NULL;
}

const char *json_text(const struct json *value)
{
    return is_kind(item_of(value), cJSON_String) ? item_of(value)->valuestring : NULL;
}

int json_integer(const struct json *value, int64_t *out)
{
    const cJSON *item = item_of(value);
    if (!is_kind(item, cJSON_Number) || (item->type & NOT_INTEGER))
        return -1;
    *out = (int64_t)item->valuedouble; /* exact: a double holds every integer within range */
    return 0;
}

int json_bool(const struct json *value, bool *out)
{
    const cJSON *item = item_of(value);
    if (!is_kind(item, cJSON_True) && !is_kind(item, cJSON_False))
        return -1;
    *out = is_kind(item, cJSON_True);
    return 0;
}

static bool arrays_equal(const struct json *a, const struct json *b)
{
    const struct json *left = json_first(a), *right = json_first(b);
    while (left && right && json_equal(left, right)) {
        left = json_next(left);
        right = json_next(right);
    }
    return !left && !right;
}

static bool objects_equal(const struct json *a, const struct json *b)
{
    if (json_count(a) != json_count(b))
        return false;
    const struct json *guess = json_first(b);
    for (const struct json *left = json_first(a); left; left = json_next(left)) {
        const struct json *right = guess; /* mostly the order is the same, and no search is needed */
        if (!right || strcmp(json_name(left), json_name(right)) != 0)
            right = json_member(b, json_name(left));
        if (!right || !json_equal(left, right))
            return false;
        guess = json_next(right);
    }
    return true;
}

bool json_equal(const struct json *a, const struct json *b)
{
    const cJSON *left = item_of(a), *right = item_of(b);
    if (left->type != right->type)
        return false;
    switch (json_type(a)) {
    case JSON_NULL:
    case JSON_BOOL:
        return true;
    case JSON_NUMBER:
        return left->valuedouble >= right->valuedouble && left->valuedouble <= right->valuedouble;
    case JSON_STRING:
        return strcmp(left->valuestring, right->valuestring) == 0;
    case JSON_ARRAY:
        return arrays_equal(a, b);
    case JSON_OBJECT:
        return objects_equal(a, b);
    }
    return false;
}

/* Puts a number that is no integer with as few digits as give it back, so that it is read as no integer again, and with
 * a point whatever the locale's sign is. */
static void put_fraction(struct buf *out, double number)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    size_t whole = strspn(text, "-0123456789");
    size_t sign = strcspn(text + whole, "0123456789e");
    buf_put(out, text, whole);
    if (sign > 0)
        buf_put_char(out, '.');
    buf_put_text(out, text + whole + sign);
    if (text[whole] == '\0')
        buf_put_text(out, ".0");
}

static void put_number(struct buf *out, const struct json *value)
{
    int64_t integer;
    if (json_integer(value, &integer) == 0)
        buf_printf(out, "%lld", (long long)integer);
    else
        put_fraction(out, item_of(value)->valuedouble);
}

static void put_container(struct buf *out, const struct json *container)
{
    bool object = json_type(container) == JSON_OBJECT;
    buf_put_char(out, object ? '{' : '[');
    for (const struct json *value = json_first(container); value; value = json_next(value)) {
        if (value != json_first(container))
            buf_put_char(out, ',');
        if (object) {
            json_put_text(out, json_name(value));
            buf_put_char(out, ':');
        }
        json_put_value(out, value);
    }
    buf_put_char(out, object ? '}' : ']');
}

void json_put_value(struct buf *out, const struct json *value)
{
    switch (json_type(value)) {
    case JSON_NULL:
        buf_put_text(out, "null");
        break;
    case JSON_BOOL:
        buf_put_text(out, is_kind(item_of(value), cJSON_True) ? "true" : "false");
        break;
    case JSON_NUMBER:
        put_number(out, value);
        break;
    case JSON_STRING:
        json_put_text(out, json_text(value));
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        put_container(out, value);
        break;
    }
}
