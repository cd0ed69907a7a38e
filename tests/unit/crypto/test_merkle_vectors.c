/* The probes of transparency-dev/merkle: proofs that hold, and 184 that must not. */
#include "base/file.h"
#include "crypto/merkle.h"
#include "tests/unit/crypto/vectors.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(merkle_vectors, .init = vectors_start);

#define PROBE_PROOF_MAX 80

struct probe {
    uint64_t numbers[2]; /* index and size, or both sizes */
    struct merkle_hash hashes[2]; /* leaf and root, or both roots */
    struct merkle_hash proof[PROBE_PROOF_MAX];
    size_t count;
};

static struct tally {
    const char *kind;
    int holding, failing;
} tally;

/* A number of up to 64 bits, some beyond what base/json takes for an integer: those are all 2^64 - 1. */
static uint64_t number(const struct json *document, const char *name)
{
    int64_t value;
    cr_assert_eq(json_type(json_member(document, name)), JSON_NUMBER);
    return json_integer(json_member(document, name), &value) == 0 ? (uint64_t)value : UINT64_MAX;
}

/* Some probes have a hash of another length. By its own SHA-256 such a one stands for itself and for no other; an empty
 * one equals nothing, not even another. */
static void read_hash(const struct json *text, struct merkle_hash *out)
{
    static uint8_t empty_ones;
    uint8_t bytes[256];
    size_t len = vectors_base64(json_text(text), bytes, sizeof bytes);
    if (len == SHA256_BYTES)
        memcpy(out->bytes, bytes, SHA256_BYTES);
    else if (len > 0)
        crypto_sha256(bytes, len, out->bytes);
    else
        out->bytes[0] = ++empty_ones;
}

static void read_probe(struct probe *probe, const struct json *document, const char *const names[4])
{
    memset(probe, 0, sizeof *probe);
    for (int i = 0; i < 2; i++) {
        probe->numbers[i] = number(document, names[i]);
        read_hash(json_member(document, names[2 + i]), &probe->hashes[i]);
    }
    for (const struct json *p = json_first(json_member(document, "proof")); p != NULL; p = json_next(p)) {
        cr_assert_lt(probe->count, PROBE_PROOF_MAX);
        read_hash(p, &probe->proof[probe->count++]);
    }
}

static bool holds(const struct probe *p)
{
    if (strcmp(tally.kind, "inclusion") == 0)
        return merkle_inclusion_holds(p->numbers[0], p->numbers[1], &p->hashes[0], p->proof, p->count, &p->hashes[1]);
    struct merkle_head first = {p->numbers[0], p->hashes[0]}, second = {p->numbers[1], p->hashes[1]};
    return merkle_consistency_holds(&first, &second, p->proof, p->count);
}

static int check_probe(void *folder, const char *name)
{
    static const char *const of_inclusion[] = {"leafIdx", "treeSize", "leafHash", "root"};
    static const char *const of_consistency[] = {"size1", "size2", "root1", "root2"};
    char path[256];
    bool want_error = false;
    struct probe probe;
    snprintf(path, sizeof path, "%s/%s", (const char *)folder, name);
    struct json *document = vectors_load(path);
    cr_assert_eq(json_bool(json_member(document, "wantErr"), &want_error), 0);
    read_probe(&probe, document, strcmp(tally.kind, "inclusion") == 0 ? of_inclusion : of_consistency);
    cr_assert_eq(holds(&probe), !want_error, "%s", path);
    tally.holding += !want_error;
    tally.failing += want_error;
    json_free(document);
    return 0;
}

static void check_folders(const char *kind, const char *const folders[])
{
    tally = (struct tally){.kind = kind};
    for (; *folders; folders++) {
        char name[200], path[256];
        int before = tally.holding + tally.failing;
        snprintf(name, sizeof name, "merkle/%s/%s", kind, *folders);
        snprintf(path, sizeof path, "tests/vectors/%s", name);
        cr_assert_eq(file_each(path, ".json", check_probe, name), 0);
        cr_assert_gt(tally.holding + tally.failing, before, "nothing in %s", path);
    }
}

Test(merkle_vectors, inclusion_probes_hold_or_fail_as_they_should)
{
    static const char *const folders[] = {
        "0", "1", "2", "3", "4", "single-entry", "additional/0", "additional/1", "additional/2", "additional/3", NULL};
    check_folders("inclusion", folders);
    cr_assert_eq(tally.holding, 6);
    cr_assert_eq(tally.failing, 92);
}

Test(merkle_vectors, consistency_probes_hold_or_fail_as_they_should)
{
    static const char *const folders[] = {"0", "1", "2", "3", "4", "additional", NULL};
    check_folders("consistency", folders);
    cr_assert_eq(tally.holding, 6);
    cr_assert_eq(tally.failing, 92);
}
