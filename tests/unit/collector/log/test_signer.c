/* The log's key and its last checkpoint: made, opened, refused; signed forward only, whatever becomes of the file. */
#include "base/file.h"
#include "base/mem.h"
#include "collector/log/last_checkpoint.h"
#include "collector/log/log_key.h"
#include "collector/log/signer.h"
#include "tests/unit/collector/kit.h"
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define ORIGIN "burgerpanel/wau"

static struct error error;
static struct buf verifier;

/* A new key in `name`, whose verifier key is then `verifier`. */
static const char *new_key(const char *name)
{
    const char *path = kit_path(name);
    cr_assert_eq(log_key_create(path), 0);
    buf_free(&verifier);
    cr_assert_eq(log_key_verifier(path, ORIGIN, &verifier, &error), 0, "%s", error.text);
    return path;
}

static void setup(void)
{
    kit_begin();
    buf_init(&verifier, NOTE_MAX);
    error.text[0] = '\0';
}

static void teardown(void)
{
    buf_free(&verifier);
    kit_end();
}

TestSuite(log_key, .init = setup, .fini = teardown, .timeout = 60);

static struct signer *open_key(const char *path)
{
    return signer_open(path, buf_text(&verifier), &error);
}

static struct signer *must_open(const char *path)
{
    struct signer *key = open_key(path);
    cr_assert_not_null(key, "%s", error.text);
    return key;
}

static void must_not_open(const char *path, const char *why)
{
    struct signer *key = open_key(path);
    cr_assert_null(key);
    cr_assert_not_null(strstr(error.text, why), "%s", error.text);
    cr_assert_null(strchr(error.text, '\n'));
}

/* A tree of `size` leaves, as far as its head goes: the roots of all sizes differ. */
static struct merkle_head head_of(uint64_t size)
{
    struct merkle_head head = {.size = size};
    if (size == 0)
        merkle_empty(&head.root);
    else
        merkle_leaf(&size, sizeof size, &head.root);
    return head;
}

/* A merkle_read over logs of one leaf repeated: only what a test asks for. */
static int read_leaf(void *leaf, unsigned level, uint64_t index, struct merkle_hash *out)
{
    (void)index;
    if (level != 0)
        return -1;
    *out = *(const struct merkle_hash *)leaf;
    return 0;
}

static const char *checkpoint_of(const char *path)
{
    static char name[300];
    snprintf(name, sizeof name, "%s.checkpoint", path);
    return name;
}

static void write_file(const char *path, const void *bytes, size_t len)
{
    cr_assert_eq(file_write(path, bytes, len), 0);
}

/* Making. */

Test(log_key, is_kept_beside_the_store_unless_named)
{
    char path[LOG_KEY_PATH_SIZE], long_name[LOG_KEY_PATH_SIZE + 1];
    cr_assert_eq(log_key_path("", "sqlite:/var/lib/panel.db", path), 0);
    cr_assert_str_eq(path, "/var/lib/panel.db.log-key");
    cr_assert_eq(log_key_path("", kit_dsn(NULL), path), 0);
    cr_assert_str_eq(path, "burgerpanel.log-key");
    cr_assert_eq(log_key_path("/etc/panel.key", "sqlite:/var/lib/panel.db", path), 0);
    cr_assert_str_eq(path, "/etc/panel.key");
    memset(long_name, 'x', sizeof long_name);
    long_name[LOG_KEY_PATH_SIZE] = '\0';
    cr_assert_eq(log_key_path(long_name, "sqlite:/var/lib/panel.db", path), -1);
}

Test(log_key, is_made_for_its_owner_alone_and_never_over_another)
{
    struct stat st;
    const char *path = new_key("key");
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    errno = 0;
    cr_assert_eq(log_key_create(path), -1);
    cr_assert_eq(errno, EEXIST);
    cr_assert_eq(log_key_create(kit_path("no/such/folder")), -1);
}

Test(log_key, is_another_each_time)
{
    struct buf first;
    buf_init(&first, NOTE_MAX);
    new_key("one");
    buf_put(&first, verifier.data, verifier.len);
    new_key("two");
    cr_assert_str_neq(buf_text(&first), buf_text(&verifier));
    cr_assert_eq(strncmp(buf_text(&verifier), ORIGIN "+", strlen(ORIGIN "+")), 0);
    buf_free(&first);
}

Test(log_key, takes_no_origin_that_a_checkpoint_has_no_room_for)
{
    static const char *const wrong[] = {"", "a b", "a+b", "a\nb", "\xff"};
    char origin[256];
    const char *path = new_key("key");
    struct buf out;
    buf_init(&out, NOTE_MAX);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_eq(log_key_verifier(path, wrong[i], &out, &error), -1);
    memset(origin, 'x', sizeof origin);
    origin[173] = '\0';
    cr_assert_eq(log_key_verifier(path, origin, &out, &error), -1);
    cr_assert_not_null(strstr(error.text, "origin"));
    origin[172] = '\0';
    cr_assert_eq(log_key_verifier(path, origin, &verifier, &error), 0);
    cr_assert_eq(log_key_verifier(kit_path("none"), ORIGIN, &out, &error), -1);
    buf_free(&out);

    buf_reset(&verifier);
    cr_assert_eq(log_key_verifier(path, origin, &verifier, &error), 0);
    struct signer *key = must_open(path);
    struct merkle_head head = head_of(UINT64_MAX >> 1); /* 19 digits: the largest */
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    signer_close(key);
    key = must_open(path);
    cr_assert_not_null(strstr(signer_checkpoint(key), "\n9223372036854775807\n"));
    signer_close(key);
}

/* Opening. */

Test(log_key, has_signed_nothing_at_first)
{
    struct merkle_head head;
    struct stat st;
    const char *path = new_key("key");
    cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &head, &error), STORE_NONE);
    struct signer *key = must_open(path);
    cr_assert_str_eq(signer_checkpoint(key), "");
    cr_assert_str_eq(signer_public(key)->name, ORIGIN);
    cr_assert_eq(stat(checkpoint_of(path), &st), 0);
    cr_assert(st.st_size == LOG_CHECKPOINT_MAX && (st.st_mode & 0777) == 0600);
    cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &head, &error), STORE_NONE);
    signer_close(key);
    signer_close(NULL);
    signer_close(must_open(path));
}

Test(log_key, is_refused_when_missing_damaged_or_another)
{
    static const char *const damages[] = {"", "x", "\n", "AAAA\n"};
    const char *path = new_key("key");
    must_not_open(kit_path("none"), "can't be read");
    must_not_open(kit_path("."), "can't be read");
    new_key("other");
    must_not_open(path, "another log");
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        write_file(kit_path("damaged"), damages[i], strlen(damages[i]));
        must_not_open(kit_path("damaged"), "no key of a log");
    }
    cr_assert_null(signer_open(path, "nonsense", &error));
    cr_assert_null(signer_open(path, "", &error));
}

Test(log_key, is_opened_for_signing_once)
{
    const char *path = new_key("key");
    struct signer *key = must_open(path);
    must_not_open(path, "another collector signs");
    signer_close(key);
    signer_close(must_open(path));
}

Test(log_key, is_refused_when_others_may_read_it)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0610, 0777};
    const char *path = new_key("key");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        cr_assert_eq(chmod(path, modes[i]), 0);
        must_not_open(path, "chmod 600");
    }
    cr_assert_eq(chmod(path, 0400), 0);
    signer_close(must_open(path));
}

Test(log_key, signs_nothing_that_rests_on_a_checkpoint_file_that_is_gone)
{
    const char *path = new_key("key");
    char away[320];
    struct signer *key = must_open(path);
    struct merkle_head head = head_of(3);
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    snprintf(away, sizeof away, "%s.away", checkpoint_of(path));
    cr_assert_eq(rename(checkpoint_of(path), away), 0);
    head = head_of(4);
    cr_assert_eq(signer_sign(key, &head, &error), -1);
    cr_assert_not_null(strstr(error.text, "was removed, replaced or linked elsewhere"), "%s", error.text);
    cr_assert_eq(rename(away, checkpoint_of(path)), 0);
    cr_assert_eq(signer_sign(key, &head, &error), 0, "it is the one that was opened");
    cr_assert_eq(link(checkpoint_of(path), away), 0);
    cr_assert_eq(signer_sign(key, &head, &error), -1);
    signer_close(key);
}

Test(log_key, survives_any_lack_of_memory)
{
    const char *path = new_key("key");
    struct signer *key = must_open(path);
    struct merkle_head head = head_of(3);
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    signer_close(key);
    for (unsigned n = 1;; n++) {
        mem_fail_at(n);
        key = open_key(path);
        bool failed = mem_has_failed();
        mem_fail_at(0);
        cr_assert_eq(!key, failed, "allocation %u", n);
        signer_close(key);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
    }
    key = must_open(path);
    head = head_of(4);
    mem_fail_at(1);
    cr_assert_eq(signer_sign(key, &head, &error), -1);
    mem_fail_at(0);
    cr_assert_not_null(strstr(signer_checkpoint(key), "\n3\n"));
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    signer_close(key);
}

/* Signing. */

Test(log_key, keeps_what_it_signed_last)
{
    const char *path = new_key("key");
    for (uint64_t size = 0; size < 1000000; size = size * 3 + 1) {
        struct merkle_head head = head_of(size), read;
        struct signer *key = must_open(path);
        cr_assert_eq(signer_sign(key, &head, &error), 0);
        cr_assert_eq(signer_sign(key, &head, &error), 0, "the same again");
        const char *text = signer_checkpoint(key);
        cr_assert_eq(checkpoint_open(text, strlen(text), signer_public(key), &read, NULL), 0);
        cr_assert(read.size == size && merkle_equal(&read.root, &head.root));
        cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_OK, "while it is open");
        cr_assert(read.size == size && merkle_equal(&read.root, &head.root));
        signer_close(key);
        key = must_open(path);
        text = signer_checkpoint(key);
        cr_assert_eq(checkpoint_open(text, strlen(text), signer_public(key), &read, NULL), 0);
        cr_assert(read.size == size && merkle_equal(&read.root, &head.root), "opened again");
        signer_close(key);
    }
}

Test(log_key, never_signs_backwards_nor_two_roots_of_a_size)
{
    struct signer *key = must_open(new_key("key"));
    struct merkle_head head = head_of(10), other = head_of(11), smaller = head_of(9);
    other.size = 10;
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    for (int i = 0; i < 2; i++) {
        cr_assert(signer_sign(key, i == 0 ? &other : &smaller, &error) == -1 && error.kind == ERROR_REFUSED);
        cr_assert_not_null(strstr(signer_checkpoint(key), "\n10\n"));
    }
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    signer_close(key);
}

Test(log_key, begins_with_the_empty_tree_where_nothing_is_signed_yet)
{
    const char *path = new_key("key");
    struct signer *key = must_open(path);
    struct merkle_head empty = head_of(0), head = head_of(3), read;
    cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_NONE);
    cr_assert_eq(signer_begin(key, &empty, &error), 0);
    cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_OK);
    cr_assert_eq(read.size, 0);
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    cr_assert_eq(signer_begin(key, &empty, &error), 0, "it has begun");
    cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_OK);
    cr_assert_eq(read.size, 3);
    signer_close(key);
}

/* What was signed before may have been lost with the power, or in a write that the disk refused. */
Test(log_key, begins_anew_where_the_empty_tree_was_signed_before)
{
    const char *path = new_key("key");
    struct signer *key = must_open(path);
    struct merkle_head empty = head_of(0), read;
    cr_assert_eq(signer_sign(key, &empty, &error), 0);
    cr_assert_eq(truncate(checkpoint_of(path), 0), 0);
    cr_assert_eq(signer_begin(key, &empty, &error), 0);
    cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_OK);
    cr_assert_eq(read.size, 0);
    signer_close(key);
}

Test(log_key, never_signs_another_empty_tree)
{
    struct signer *key = must_open(new_key("key"));
    struct merkle_head head = head_of(0), other = head_of(5);
    other.size = 0;
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    cr_assert_eq(signer_sign(key, &other, &error), -1);
    signer_close(key);
}

Test(log_key, tells_when_the_checkpoint_can_not_be_written_and_goes_on_when_it_can)
{
    const char *path = new_key("key");
    struct signer *key = must_open(path);
    struct merkle_head head = head_of(1), next = head_of(2), read;
    struct rlimit kept, none;
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &kept), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = kept.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    int result = signer_sign(key, &next, &error);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &kept), 0);
    cr_assert_eq(result, -1);
    cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_OK);
    cr_assert_eq(read.size, 1);
    cr_assert_eq(signer_sign(key, &next, &error), 0);
    signer_close(key);
    cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_OK);
    cr_assert_eq(read.size, 2);
}

/* The checkpoint of before. */

Test(log_key, refuses_a_checkpoint_that_is_damaged_or_not_its_own)
{
    char text[LOG_CHECKPOINT_MAX + 64] = "";
    struct merkle_head head = head_of(77), read;
    const char *path = new_key("key");
    struct signer *key = must_open(path);
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    snprintf(text, sizeof text, "%s", signer_checkpoint(key));
    signer_close(key);
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        char kept = text[i];
        text[i] = kept == 'A' ? 'B' : 'A';
        write_file(checkpoint_of(path), text, len);
        must_not_open(path, "can't be read");
        cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_FAILED, "byte %zu", i);
        text[i] = kept;
        write_file(checkpoint_of(path), text, i + (i == 0)); /* cut off */
        must_not_open(path, "can't be read");
    }
    write_file(checkpoint_of(path), text, len); /* as someone would put it back by hand */
    key = must_open(path);
    cr_assert_not_null(strstr(signer_checkpoint(key), "\n77\n"));
    signer_close(key);

    cr_assert_eq(last_checkpoint_read(path, "nonsense", &read, &error), STORE_FAILED);
    const char *other = new_key("other");
    write_file(checkpoint_of(other), text, len);
    must_not_open(other, "can't be read");
}

Test(log_key, takes_a_file_of_line_ends_or_nothing_for_none)
{
    static const char *const nothing[] = {"", "\n", "\n\n\n"};
    const char *path = new_key("key");
    struct merkle_head read, head = head_of(4);
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        write_file(checkpoint_of(path), nothing[i], strlen(nothing[i]));
        cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_NONE);
        signer_close(must_open(path));
    }
    struct signer *key = must_open(path);
    cr_assert_eq(signer_sign(key, &head, &error), 0);
    signer_close(key);
    cr_assert_eq(last_checkpoint_read(path, buf_text(&verifier), &read, &error), STORE_OK);
    cr_assert_eq(read.size, 4);
}

Test(log_key, checks_that_a_tree_continues_the_last)
{
    struct signer *key = must_open(new_key("key"));
    struct merkle_head head = {.size = 1};
    struct merkle_hash other;
    merkle_leaf("a", 1, &head.root);
    merkle_leaf("b", 1, &other);
    cr_assert_eq(signer_check(key, 0, read_leaf, &head.root, &error), 0);
    cr_assert_eq(signer_check(key, 1, read_leaf, &head.root, &error), -1, "entries, but nothing signed");
    cr_assert_not_null(strstr(error.text, "missing"));

    struct merkle_head empty = head_of(0);
    cr_assert_eq(signer_sign(key, &empty, &error), 0);
    cr_assert_eq(signer_check(key, 0, read_leaf, &head.root, &error), 0);
    cr_assert_eq(signer_check(key, 1, read_leaf, &head.root, &error), 0);

    cr_assert_eq(signer_sign(key, &head, &error), 0);
    cr_assert_eq(signer_check(key, 1, read_leaf, &head.root, &error), 0);
    cr_assert_eq(signer_check(key, 1000000, read_leaf, &head.root, &error), 0);
    cr_assert_eq(signer_check(key, 0, read_leaf, &head.root, &error), -1);
    cr_assert_not_null(strstr(error.text, "old copy"));
    cr_assert_eq(signer_check(key, 1, read_leaf, &other, &error), -1);
    cr_assert_not_null(strstr(error.text, "not the one"));

    struct merkle_head two = head_of(2); /* its root takes a hash that read_leaf does not have */
    cr_assert_eq(signer_sign(key, &two, &error), 0);
    cr_assert_eq(signer_check(key, 5, read_leaf, &other, &error), -1);
    signer_close(key);
}
