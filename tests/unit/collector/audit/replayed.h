/* A log as texts, replayed entry after entry, and what is heard of it. What goes wrong in here fails the test. */
#ifndef TESTS_UNIT_COLLECTOR_AUDIT_REPLAYED_H
#define TESTS_UNIT_COLLECTOR_AUDIT_REPLAYED_H

#include "collector/audit/replay.h"

#define REPLAYED_MAX 40 /* entries */

/* An entry: the bytes are its JWS, or of ENTRY_ERASED its leaf. `kind` is ENTRY_NOTHING, MISSING or ERASED. */
struct text {
    struct buf bytes;
    enum entry_kind kind;
};

extern struct text replayed_texts[REPLAYED_MAX];
extern size_t replayed_count;
extern struct buf replayed_documents[8];
extern size_t replayed_document_count;
extern struct scratch replayed_scratch;
extern char replayed_told[16384], replayed_noted[16384]; /* a line each */

struct outcome {
    struct replay *replay;
    struct fold_current current; /* the last that was come by, without its slots */
    struct audit_findings findings;
    struct merkle_edge edge;
};

/* One more document; the bytes are copied. */
void replayed_add_document(const void *bytes, size_t len);

/* A replay of nothing so far, for which hardly anything fits in memory; `origin` may be NULL. */
void replayed_begin(struct outcome *outcome, const char *origin);

/* Behind replay_end: all responses, place by place. -1: *error. */
int replayed_pass(struct outcome *outcome, struct error *error);

/* The i-th text, taken apart and settled; and counted, which frees the entry. */
void replayed_take(struct outcome *outcome, struct entry *entry, size_t i);
void replayed_count_entry(const struct outcome *outcome, struct entry *entry);

/* All of it, counting `behind` entries behind settling; then the end. The caller frees outcome->replay. */
void replayed_run(struct outcome *outcome, size_t behind);

/* Texts and documents. */
void replayed_forget(void);

#endif
