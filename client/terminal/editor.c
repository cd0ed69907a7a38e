/* A byte at a time: bytes to characters, keys to what they do. Knows no terminal. */
#include "client/terminal/editor.h"
#include "base/text.h"
#include "base/utf8.h"
#include <string.h>

#define ESCAPE 0x1B
#define BELL '\a'
#define PASTE_BEGINS 200 /* what leads the ~ of either mark */
#define PASTE_ENDS 201
#define NO_PARAMETER 10000

void editor_begin(struct editor *editor, const struct editor_keys *keys, struct buf *line, struct buf *shown)
{
    *editor = (struct editor){.keys = *keys, .line = line, .shown = shown};
    buf_reset(line);
}

/* What is erased on the screen is one column a character: as the terminal's own editing has it. */
static void erase_character(struct editor *e)
{
    while (e->line->len > 0 && ((unsigned char)e->line->data[e->line->len - 1] & 0xC0) == 0x80)
        e->line->len--;
    if (e->line->len == 0)
        return;
    e->line->data[--e->line->len] = '\0';
    buf_put_text(e->shown, "\b \b");
}

static bool ends_with_blank(const struct editor *e)
{
    return e->line->len > 0 && e->line->data[e->line->len - 1] == ' ';
}

static void erase_word(struct editor *e)
{
    while (ends_with_blank(e))
        erase_character(e);
    while (e->line->len > 0 && !ends_with_blank(e))
        erase_character(e);
}

static void erase_line(struct editor *e)
{
    while (e->line->len > 0)
        erase_character(e);
}

static void turn_down(struct editor *e, size_t *count)
{
    (*count)++;
    buf_put_char(e->shown, BELL);
}

/* A line that a word processor broke without ending it (U+2028), or a paragraph (U+2029). */
static bool is_separator(const char *bytes, size_t len)
{
    return len == 3 && (memcmp(bytes, "\xE2\x80\xA8", 3) == 0 || memcmp(bytes, "\xE2\x80\xA9", 3) == 0);
}

static void put_character(struct editor *e, const char *bytes, size_t len)
{
    bool shown;
    if (is_separator(bytes, len)) {
        bytes = " ";
        len = 1;
    }
    if (text_step(bytes, len, &shown) != len || !shown) {
        turn_down(e, &e->strange);
    } else if (e->line->len + len > e->line->max) {
        turn_down(e, &e->too_many);
    } else {
        buf_put(e->line, bytes, len);
        buf_put(e->shown, bytes, len);
    }
}

static size_t announced_length(unsigned char lead)
{
    if (lead >= 0xC2 && lead < 0xE0)
        return 2;
    if (lead >= 0xE0 && lead < 0xF0)
        return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 1;
}

/* Bytes of a character of more than one byte, or stray ones. */
static void take_upper_byte(struct editor *e, unsigned char byte)
{
    bool continues = (byte & 0xC0) == 0x80;
    if (e->partial_len > 0 && !continues) {
        e->partial_len = 0;
        turn_down(e, &e->strange);
    }
    e->partial[e->partial_len++] = (char)byte;
    if (e->partial_len < announced_length((unsigned char)e->partial[0]))
        return;
    put_character(e, e->partial, e->partial_len);
    e->partial_len = 0;
}

static void take_sequence_byte(struct editor *e, unsigned char byte)
{
    if (byte >= '0' && byte <= '9' && e->parameter < NO_PARAMETER / 10)
        e->parameter = e->parameter * 10 + (byte - '0');
    else if (byte != '~')
        e->parameter = NO_PARAMETER;
    else if (e->parameter == PASTE_BEGINS || e->parameter == PASTE_ENDS)
        e->is_pasting = e->parameter == PASTE_BEGINS;
    if (byte >= 0x40 && byte <= 0x7E)
        e->state = EDITOR_PLAIN;
}

/* After ESC: `[` begins a sequence that ends with a letter or such, `O` is followed by one character more, and
 * everything else (Alt and a key) is over with this byte. */
static void take_escape_byte(struct editor *e, unsigned char byte)
{
    if (e->state == EDITOR_SEQUENCE) {
        take_sequence_byte(e, byte);
    } else if (e->state == EDITOR_ESCAPE && byte == '[') {
        e->state = EDITOR_SEQUENCE;
        e->parameter = 0;
    } else if (e->state == EDITOR_ESCAPE && byte == 'O') {
        e->state = EDITOR_ONE_MORE;
    } else {
        e->state = EDITOR_PLAIN;
    }
}

/* What was pasted is text, and no key. */
static bool is_key(const struct editor *e, unsigned char key, unsigned char byte)
{
    return !e->is_pasting && key != 0 && key == byte;
}

static enum editor_event take_control(struct editor *e, unsigned char byte)
{
    if (byte == '\n' || byte == '\r') {
        buf_put_char(e->shown, '\n');
        return EDITOR_LINE;
    }
    if (is_key(e, e->keys.end, byte) && e->line->len == 0) {
        buf_put_char(e->shown, '\n');
        return EDITOR_END;
    }
    if (byte == ESCAPE)
        e->state = EDITOR_ESCAPE;
    else if (byte == '\t' || byte == '\v' || byte == '\f')
        put_character(e, " ", 1);
    else
        turn_down(e, &e->strange);
    return EDITOR_GOES_ON;
}

enum editor_event editor_feed(struct editor *e, unsigned char byte)
{
    if (e->state != EDITOR_PLAIN) {
        take_escape_byte(e, byte);
    } else if (byte >= 0x80) {
        take_upper_byte(e, byte);
    } else {
        if (e->partial_len > 0) {
            e->partial_len = 0;
            turn_down(e, &e->strange);
        }
        if (is_key(e, e->keys.erase, byte) || is_key(e, 0x7F, byte) || is_key(e, '\b', byte))
            erase_character(e);
        else if (is_key(e, e->keys.word, byte))
            erase_word(e);
        else if (is_key(e, e->keys.line, byte))
            erase_line(e);
        else if (byte < 0x20)
            return take_control(e, byte);
        else
            put_character(e, &(char){(char)byte}, 1);
    }
    return EDITOR_GOES_ON;
}
