/* Runs a program in a terminal of its own, as its session's leader, and takes the place of the person and the screen:
 * what comes on standard input is typed, what the terminal shows goes to standard output.
 * COLUMNS, where it is set, is how wide the screen is. A line of JSON on standard
 * error tells the program's pid; when it has ended, another tells how, in which state it left the terminal (also
 * whether pastes are still to be marked, CSI ?2004h), and what was typed and not read: that is what the next program
 * would have got. Usage: pty PROGRAM [ARGUMENT...] */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define QUIET_MS 100 /* what the terminal still shows comes within so long after the program's end */

static int screen; /* the person's side */
static int terminal; /* the program's side */
static pid_t program;

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static void open_terminal(void)
{
    screen = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (screen < 0 || grantpt(screen) < 0 || unlockpt(screen) < 0)
        fail("posix_openpt");
    terminal = open(ptsname(screen), O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        fail("open");
    const char *columns = getenv("COLUMNS");
    struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)(columns ? strtoul(columns, NULL, 10) : 0)};
    if (ioctl(terminal, TIOCSWINSZ, &size) < 0)
        fail("TIOCSWINSZ");
}

static void run_in_terminal(char **words)
{
    program = fork();
    if (program < 0)
        fail("fork");
    if (program > 0) {
        fprintf(stderr, "{\"pid\":%d}\n", (int)program);
        return;
    }
    setsid();
    if (ioctl(terminal, TIOCSCTTY, 0) < 0 || dup2(terminal, 0) < 0 || dup2(terminal, 1) < 0 || dup2(terminal, 2) < 0)
        fail("terminal");
    execvp(words[0], words);
    fail(words[0]);
}

static void write_all(int to, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t wrote = write(to, bytes, len);
        if (wrote < 0 && errno != EINTR && errno != EAGAIN)
            fail("write");
        if (wrote > 0) {
            bytes += wrote;
            len -= (size_t)wrote;
        } else {
            poll(&(struct pollfd){.fd = to, .events = POLLOUT}, 1, 10);
        }
    }
}

/* What is to be typed and has not fitted yet. */
static char typed[1024 * 1024];
static size_t typed_from, typed_to;

static bool marks_pastes; /* asked for, by what was shown so far */

static void note_marks(char byte)
{
    static const char sequence[] = "\033[?2004";
    static size_t matched;
    if (matched == sizeof sequence - 1 && (byte == 'h' || byte == 'l'))
        marks_pastes = byte == 'h';
    if (matched < sizeof sequence - 1 && byte == sequence[matched])
        matched++;
    else
        matched = byte == sequence[0];
}

static bool show(int wait_ms)
{
    char bytes[4096];
    struct pollfd ready = {.fd = screen, .events = POLLIN};
    if (poll(&ready, 1, wait_ms) <= 0 || !(ready.revents & POLLIN))
        return false;
    ssize_t got = read(screen, bytes, sizeof bytes);
    for (ssize_t i = 0; i < got; i++)
        note_marks(bytes[i]);
    if (got > 0)
        write_all(STDOUT_FILENO, bytes, (size_t)got);
    return got > 0;
}

/* Takes what there is to type, and types what the terminal takes: never waiting, since who is typed to may be waiting
 * for its screen. */
static void type(bool *is_open)
{
    struct pollfd ready[2] = {{.fd = *is_open ? STDIN_FILENO : -1, .events = POLLIN},
                              {.fd = typed_to > typed_from ? screen : -1, .events = POLLOUT}};
    if (poll(ready, 2, 5) <= 0)
        return;
    if (ready[0].revents) {
        ssize_t got = read(STDIN_FILENO, typed + typed_to, sizeof typed - typed_to);
        *is_open = got > 0;
        typed_to += got > 0 ? (size_t)got : 0;
    }
    if (ready[1].revents & POLLOUT) {
        ssize_t wrote = write(screen, typed + typed_from, typed_to - typed_from);
        typed_from += wrote > 0 ? (size_t)wrote : 0;
    }
}

static void report(int status)
{
    struct termios left;
    int waiting = 0;
    if (tcgetattr(terminal, &left) < 0)
        fail("tcgetattr");
    bool canonical = left.c_lflag & ICANON, echo = left.c_lflag & ECHO;
    left.c_lflag &= ~(tcflag_t)ICANON; /* what waits is then seen byte by byte */
    tcsetattr(terminal, TCSANOW, &left);
    ioctl(terminal, FIONREAD, &waiting);
    fprintf(stderr, "{\"code\":%d,\"signal\":%d,\"canonical\":%s,\"echo\":%s,\"marks\":%s,\"left\":%d}\n",
            WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
            canonical ? "true" : "false", echo ? "true" : "false", marks_pastes ? "true" : "false", waiting);
}

int main(int argc, char **argv)
{
    int status;
    bool is_open = true;
    if (argc < 2)
        return 2;
    open_terminal();
    fcntl(screen, F_SETFL, O_NONBLOCK);
    run_in_terminal(argv + 1);
    while (waitpid(program, &status, WNOHANG) == 0) {
        while (show(0))
            ;
        type(&is_open);
    }
    while (typed_to > typed_from && poll(&(struct pollfd){.fd = screen, .events = POLLOUT}, 1, QUIET_MS) > 0)
        type(&is_open);
    while (show(QUIET_MS))
        ;
    report(status);
    return 0;
}
