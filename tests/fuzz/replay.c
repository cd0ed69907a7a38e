/* Kept inputs, tried again without libFuzzer. */
#include "base/buf.h"
#include "base/file.h"
#include "tests/fuzz/fuzz.h"
#include <glob.h>

#define INPUT_MAX ((size_t)1024 * 1024)

/* A copy of exactly its size, so that a sanitizer sees who reads past its end. */
static void run_file(const char *path, fuzz_target *target)
{
    struct buf bytes;
    buf_init(&bytes, INPUT_MAX);
    fuzz_require(file_read(path, &bytes) == 0);
    uint8_t *exact = malloc(bytes.len > 0 ? bytes.len : 1);
    fuzz_require(exact != NULL);
    memcpy(exact, buf_text(&bytes), bytes.len);
    fuzz_require(target(exact, bytes.len) == 0);
    free(exact);
    buf_free(&bytes);
}

size_t fuzz_replay(const char *name, fuzz_target *target)
{
    char pattern[256];
    glob_t found;
    snprintf(pattern, sizeof pattern, "fixtures/fuzz/%s/*", name);
    if (glob(pattern, 0, NULL, &found) != 0)
        return 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        fprintf(stderr, "%s\n", found.gl_pathv[i]);
        run_file(found.gl_pathv[i], target);
    }
    size_t count = found.gl_pathc;
    globfree(&found);
    return count;
}
