/* The terminal's settings and the signals that would leave them behind. What a signal's handler needs has to lie in
 * static storage, and handlers call nothing but what POSIX allows them (signal-safety(7)). */
#include "client/terminal/tty.h"
#include "base/cli.h"
#include "base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define QUIET_MS 40 /* a paste of which nothing has come for so long is over */
#define QUIET_TRIES 25
#define MARK_PASTES "\033[?2004h"
#define MARK_NO_PASTES "\033[?2004l"

/* By these a terminal is left: all that a keyboard sends, and the polite ends. */
static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP};
#define SIGNAL_COUNT (sizeof signals / sizeof *signals)

static struct {
    volatile sig_atomic_t is_taken, was_stopped, says_farewell;
    char farewell[8 * 1024]; /* whole before says_farewell is set */
    bool marks_pastes;
    int screen; /* the same terminal, for writing */
    struct termios before, ours;
    struct sigaction earlier[SIGNAL_COUNT];
} tty;

/* Throws away what has been typed and what is still coming; whether there was any. */
static bool drain_typed(void)
{
    struct pollfd typed = {.fd = STDIN_FILENO, .events = POLLIN};
    bool any = false;
    for (int i = 0; i < QUIET_TRIES && poll(&typed, 1, QUIET_MS) > 0 && (typed.revents & POLLIN); i++) {
        any = true;
        tcflush(STDIN_FILENO, TCIFLUSH);
    }
    return any;
}

static void ask_for_marks(const char *sequence)
{
    ssize_t ignored = tty.marks_pastes ? write(tty.screen, sequence, strlen(sequence)) : 0;
    (void)ignored; /* who shows nothing any more marks nothing either */
}

static bool restore_settings(void)
{
    ask_for_marks(MARK_NO_PASTES);
    bool any = drain_typed();
    tcsetattr(STDIN_FILENO, TCSANOW, &tty.before);
    tcflush(STDIN_FILENO, TCIFLUSH);
    return any;
}

/* Gives the terminal back and lets the signal do what it does; who was stopped and goes on takes it again. */
static void leave_by_signal(int number)
{
    int kept = errno;
    restore_settings();
    if (number == SIGTSTP) {
        raise(SIGSTOP);
        tcsetattr(STDIN_FILENO, TCSANOW, &tty.ours);
        ask_for_marks(MARK_PASTES);
        tty.was_stopped = 1;
        errno = kept;
        return;
    }
    ssize_t ignored = write(tty.screen, "\n", 1);
    if (tty.says_farewell)
        ignored = write(tty.screen, tty.farewell, strlen(tty.farewell));
    (void)ignored;
    signal(number, SIG_DFL);
    raise(number);
}

/* A signal that was ignored, as by nohup, stays so. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = leave_by_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        if (sigaction(signals[i], NULL, &tty.earlier[i]) == 0 && tty.earlier[i].sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
}

static void release_signals(void)
{
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaction(signals[i], &tty.earlier[i], NULL);
}

static void choose_settings(void)
{
    tty.ours = tty.before;
    tty.ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | IEXTEN);
    tty.ours.c_lflag |= ISIG;
    tty.ours.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | ISTRIP);
    tty.ours.c_cc[VMIN] = 1;
    tty.ours.c_cc[VTIME] = 0;
}

static unsigned char key_of(size_t place)
{
    cc_t key = tty.before.c_cc[place];
    return key == _POSIX_VDISABLE ? 0 : key;
}

enum tty_result tty_take(struct editor_keys *keys)
{
    char name[64];
    if (tty.is_taken || !isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &tty.before) < 0)
        return TTY_NONE;
    if (ttyname_r(STDIN_FILENO, name, sizeof name) != 0 ||
        (tty.screen = open(name, O_WRONLY | O_NOCTTY | O_CLOEXEC)) < 0)
        return TTY_NONE;
    choose_settings();
    tty.marks_pastes = !cli_is_dumb();
    tty.was_stopped = 0;
    tty.says_farewell = 0;
    catch_signals();
    tty.is_taken = 1;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &tty.ours) < 0) {
        tty_give_back();
        return TTY_NONE;
    }
    ask_for_marks(MARK_PASTES);
    *keys = (struct editor_keys){key_of(VERASE), key_of(VWERASE), key_of(VKILL), key_of(VEOF)};
    struct pollfd typed = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&typed, 1, 0) > 0 && drain_typed() ? TTY_TAKEN_TYPED_AHEAD : TTY_TAKEN;
}

bool tty_give_back(void)
{
    if (!tty.is_taken)
        return false;
    bool any = restore_settings();
    release_signals();
    close(tty.screen);
    tty.is_taken = 0;
    return any;
}

bool tty_was_stopped(void)
{
    bool was = tty.was_stopped;
    tty.was_stopped = 0;
    return was;
}

void tty_set_farewell(const char *text)
{
    tty.says_farewell = 0;
    snprintf(tty.farewell, sizeof tty.farewell, "%s", text);
    text_end_on_character(tty.farewell, sizeof tty.farewell);
    tty.says_farewell = 1;
}

void tty_show(const char *bytes, size_t len)
{
    while (tty.is_taken && len > 0) {
        ssize_t wrote = write(tty.screen, bytes, len);
        if (wrote < 0 && errno != EINTR)
            return;
        if (wrote > 0) {
            bytes += wrote;
            len -= (size_t)wrote;
        }
    }
}
