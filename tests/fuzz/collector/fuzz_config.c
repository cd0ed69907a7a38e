/* config_read over any ini file. What must hold: it is taken, or told in one line and an exit code; of what is taken
 * each value is a text of one line, numbers are numbers, addresses can be taken apart; written as a file again it is
 * read to the same values. */
#include "base/buf.h"
#include "collector/ops/config.h"
#include "tests/fuzz/fuzz.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* A descriptor of the process that is put aside for a while. */
struct aside {
    int fd, instead, original;
};

static struct aside errors, output;
static char path[64];
static int file = -1;

static void put_aside(struct aside *aside)
{
    fflush(NULL);
    fuzz_require(dup2(aside->instead, aside->fd) == aside->fd);
}

static void bring_back(struct aside *aside)
{
    fflush(NULL);
    fuzz_require(dup2(aside->original, aside->fd) == aside->fd);
}

static int new_file(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    fuzz_require(fd >= 0);
    return fd;
}

static void prepare(void)
{
    errors = (struct aside){STDERR_FILENO, new_file("errors"), dup(STDERR_FILENO)};
    output = (struct aside){STDOUT_FILENO, new_file("output"), dup(STDOUT_FILENO)};
    fuzz_require(errors.original >= 0 && output.original >= 0);
    file = new_file("config");
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    *config_file_flag() = path;
}

/* What was written there since it was put aside. */
static void take_written(const struct aside *aside, struct buf *out)
{
    char piece[4096];
    ssize_t n;
    for (off_t at = 0; (n = pread(aside->instead, piece, sizeof piece, at)) > 0; at += n)
        buf_put(out, piece, (size_t)n);
    fuzz_require(n == 0 && ftruncate(aside->instead, 0) == 0 && lseek(aside->instead, 0, SEEK_SET) == 0);
}

static int read_config(const void *bytes, size_t len, struct config *config)
{
    struct buf told;
    fuzz_require(ftruncate(file, 0) == 0 && pwrite(file, bytes, len, 0) == (ssize_t)len);
    put_aside(&errors);
    int result = config_read(config);
    bring_back(&errors);
    buf_init(&told, (size_t)64 * 1024);
    take_written(&errors, &told);
    const char *end = strchr(buf_text(&told), '\n');
    fuzz_require(result == CLI_DONE ? told.len == 0 : end && end[1] == '\0');
    buf_free(&told);
    return result;
}

static void check_values(const struct config *config)
{
    static const enum config_key numbers[] = {CONFIG_THREADS, CONFIG_CONNECTIONS, CONFIG_QUEUE, CONFIG_MEMORY_MIB,
                                              CONFIG_WAIT_MAX};
    char address[CONFIG_VALUE_SIZE];
    uint16_t port;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        fuzz_require(config_number(config, numbers[i]) <= 1000000);
    fuzz_require(config_listen(config, CONFIG_LISTEN, address, &port) && address[0] != '\0');
    for (int key = 0; key < CONFIG_KEYS; key++)
        fuzz_require(config->origins[key] && !strpbrk(config->values[key], "\r\n"));
}

/* As the collector shows them, each line but for the blanks before its sign, which may make it too long for a file, and
 * for where it comes from. */
static void put_file(struct buf *out, const struct config *config)
{
    struct buf printed;
    buf_init(&printed, (size_t)64 * 1024);
    put_aside(&output);
    config_print(config);
    bring_back(&output);
    take_written(&output, &printed);
    fuzz_require(buf_check(&printed) == 0);
    buf_put_text(out, "[collector]\n");
    for (const char *line = buf_text(&printed), *end; (end = strchr(line, '\n')); line = end + 1) {
        const char *origin = memrchr(line, '(', (size_t)(end - line)), *value = strstr(line, " = ");
        fuzz_require(origin && value && value < origin);
        if (strncmp(origin, "(file)\n", 7) == 0)
            buf_printf(out, "%.*s=%.*s\n", (int)strcspn(line, " "), line, (int)(origin - 1 - value - 3), value + 3);
    }
    buf_free(&printed);
}

int fuzz_config(const uint8_t *data, size_t len)
{
    static struct config config, again;
    struct buf out;
    if (file < 0)
        prepare();
    if (read_config(data, len, &config) != CLI_DONE)
        return 0;
    check_values(&config);
    buf_init(&out, (size_t)256 * 1024);
    put_file(&out, &config);
    fuzz_require(buf_check(&out) == 0 && read_config(out.data, out.len, &again) == CLI_DONE);
    for (int key = 0; key < CONFIG_KEYS; key++)
        fuzz_require(strcmp(config.values[key], again.values[key]) == 0);
    buf_free(&out);
    return 0;
}
