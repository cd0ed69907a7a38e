/* Lines from a terminal by way of the editor, or from a pipe as they are. */
#include "client/terminal/input.h"
#include "base/cli.h"
#include "base/lang.h"
#include "base/text.h"
#include "client/terminal/tty.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_MAX ((size_t)256 * 1024) /* of one key: at most a whole line is erased */
#define TEXT_END "."
#define FAREWELL_MAX ((size_t)8 * 1024 - 1)

void input_open(struct input *input)
{
    *input = (struct input){0};
    enum tty_result taken = tty_take(&input->keys);
    input->is_terminal = taken != TTY_NONE;
    if (taken == TTY_TAKEN_TYPED_AHEAD)
        cli_say("%s", T("What was typed before this is not used.", "Wat hiervoor is getypt, wordt niet gebruikt."));
}

void input_close(struct input *input)
{
    if (input->is_terminal && tty_give_back())
        cli_say("%s", T("What was typed after the last answer is not used.",
                        "Wat na het laatste antwoord is getypt, wordt niet gebruikt."));
    input->is_terminal = false;
}

void input_set_farewell(const struct input *input, const char *line)
{
    struct buf text;
    buf_init(&text, FAREWELL_MAX);
    text_put_clean(&text, line, strlen(line));
    buf_put_char(&text, '\n');
    if (input->is_terminal && buf_check(&text) == 0)
        tty_set_farewell(buf_text(&text));
    buf_free(&text);
}

/* Reads a byte of standard input; false at its end, or when it can't be read. */
static bool read_byte(unsigned char *byte)
{
    ssize_t got;
    do
        got = read(STDIN_FILENO, byte, 1);
    while (got < 0 && errno == EINTR);
    return got == 1;
}

static enum input_result end_typed_line(const struct editor *editor, const struct buf *line)
{
    if (buf_check(line) < 0)
        return INPUT_NO_MEMORY;
    if (editor->too_many > 0)
        return INPUT_TOO_LONG;
    if (editor->strange > 0)
        cli_say(editor->strange == 1 ? T("  (%zu character that no answer may hold was left out)",
                                         "  (%zu teken dat niet in een antwoord kan, is weggelaten)")
                                     : T("  (%zu characters that no answer may hold were left out)",
                                         "  (%zu tekens die niet in een antwoord kunnen, zijn weggelaten)"),
                editor->strange);
    return INPUT_LINE;
}

/* CR, LF and both together are one Enter: pasted text may have any of them. */
static bool is_second_half(struct input *input, unsigned char byte)
{
    bool is_half = input->after_return && byte == '\n';
    input->after_return = byte == '\r';
    return is_half;
}

static enum input_result read_typed_line(struct input *input, struct buf *line)
{
    struct editor editor;
    struct buf shown;
    unsigned char byte;
    enum input_result result = INPUT_ENDED;
    enum editor_event event = EDITOR_GOES_ON;
    buf_init(&shown, SHOWN_MAX);
    editor_begin(&editor, &input->keys, line, &shown);
    editor.is_pasting = input->is_pasting;
    while (event == EDITOR_GOES_ON && !input->is_gone) {
        input->is_gone = !read_byte(&byte);
        if (input->is_gone || is_second_half(input, byte))
            continue;
        if (tty_was_stopped()) { /* and the rest of what was being pasted thrown away, with its end */
            editor.is_pasting = false;
            editor.state = EDITOR_PLAIN;
        }
        event = editor_feed(&editor, byte);
        tty_show(buf_text(&shown), shown.len);
        buf_reset(&shown);
    }
    input->is_pasting = editor.is_pasting;
    if (event == EDITOR_LINE)
        result = end_typed_line(&editor, line);
    buf_free(&shown);
    return result;
}

static enum input_result read_piped_line(struct buf *line)
{
    unsigned char byte = 0;
    bool any = false, has_nul = false, is_full = false;
    buf_reset(line);
    while (read_byte(&byte) && byte != '\n') {
        any = true;
        has_nul = has_nul || byte == '\0';
        is_full = is_full || line->len == line->max;
        if (!is_full)
            buf_put_char(line, (char)byte);
    }
    if (!any && byte != '\n')
        return INPUT_ENDED;
    if (buf_check(line) < 0)
        return INPUT_NO_MEMORY;
    if (is_full)
        return INPUT_TOO_LONG;
    if (has_nul)
        return INPUT_STRANGE;
    if (line->len > 0 && line->data[line->len - 1] == '\r')
        line->data[--line->len] = '\0';
    return INPUT_LINE;
}

static enum input_result read_line(struct input *input, struct buf *line)
{
    return input->is_terminal ? read_typed_line(input, line) : read_piped_line(line);
}

static bool ends_text(const struct input *input, const struct buf *line)
{
    return !input->is_pasting && strcmp(buf_text(line), TEXT_END) == 0;
}

/* Lines up to the end of the text, also when they do not fit: what is pasted is read to its end. */
static enum input_result read_further_lines(struct input *input, struct buf *line, struct buf *text, bool is_too_long)
{
    for (;;) {
        enum input_result result = read_line(input, line);
        if (result == INPUT_NO_MEMORY || input->is_gone)
            return result;
        if (result == INPUT_ENDED || (result == INPUT_LINE && ends_text(input, line)))
            return is_too_long ? INPUT_TOO_LONG : INPUT_LINE;
        is_too_long = is_too_long || result == INPUT_TOO_LONG || text->len + 1 + line->len > text->max;
        if (is_too_long)
            continue;
        buf_put_char(text, '\n');
        buf_put(text, buf_text(line), line->len);
        if (buf_check(text) < 0)
            return INPUT_NO_MEMORY;
    }
}

static bool is_whole(const struct buf *text, const char *alone)
{
    return text->len == 0 || (text->len == 1 && strchr(alone, text->data[0]));
}

static enum input_result read_typed_text(struct input *input, struct buf *text, const char *alone)
{
    struct buf line;
    enum input_result result = read_line(input, text);
    bool is_too_long = result == INPUT_TOO_LONG;
    if ((result != INPUT_LINE && !is_too_long) || (!input->is_pasting && is_whole(text, alone)))
        return result;
    if (ends_text(input, text)) {
        buf_reset(text);
        return INPUT_LINE;
    }
    buf_init(&line, text->max);
    result = read_further_lines(input, &line, text, is_too_long);
    buf_free(&line);
    while (text->len > 0 && text->data[text->len - 1] == '\n')
        text->data[--text->len] = '\0';
    return result;
}

/* Says what the caller can't know more of. */
static enum input_result tell_unfit(enum input_result result, const struct buf *buf)
{
    if (result == INPUT_TOO_LONG)
        cli_say(T("  that is too long: at most %zu bytes fit", "  dat is te lang: er passen hoogstens %zu bytes in"),
                buf->max);
    if (result == INPUT_STRANGE)
        cli_say("  %s", T("a NUL character is in it", "er staat een NUL-teken in"));
    return result;
}

enum input_result input_read_line(struct input *input, struct buf *line)
{
    return tell_unfit(read_line(input, line), line);
}

enum input_result input_read_text(struct input *input, struct buf *text, const char *alone)
{
    return tell_unfit(input->is_terminal ? read_typed_text(input, text, alone) : read_line(input, text), text);
}
