/* An answer that takes long to make: made on a thread for that, from one moment of the store, into a file that has no
 * name, and sent from there. However slow its receiver is, it then holds no memory, no thread and no moment of the
 * store. What may wait to be made is bounded; who comes then is turned away. Inside the API room.
 *
 * What holds a `struct made` is attached to the exchange (http_attach), and its release calls made_wipe. */
#ifndef COLLECTOR_API_MADE_H
#define COLLECTOR_API_MADE_H

#include "collector/api/api.h"

#define MADE_CHUNK ((size_t)64 * 1024) /* bytes that are put into the file at once, about */

struct made {
    struct work work;
    struct http_exchange *exchange;
    struct service *service;
    struct store *store; /* one moment of it; NULL: none */
    struct snapshots *lender; /* whose that is */
    int (*make)(struct made *made); /* -1: not made, as `error` says, or else for want of memory. What is small it keeps
                                     * itself, without a file */
    int file; /* -1: none */
    size_t len; /* of it */
    struct error error; /* ERROR_NONE: made */
};

void made_init(struct made *made, struct http_exchange *x, struct service *service, int (*make)(struct made *made));
void made_wipe(struct made *made);

/* Takes a moment of the store, of one of the service's two lenders, in the caller's thread or in that of `make`; it
 * is let go of after `make` at the latest, and by who has nothing made: what is being sent holds none. -1: made->error
 * says why, as below. */
MUST_CHECK int made_take_moment(struct made *made, struct snapshots *lender);
void made_let_go(struct made *made);

/* Suspends the exchange and has `make` called on a thread for that; `finish` then sets the answer: by made_answer, or
 * what made->error makes of it, ERROR_BUSY where too many wait to be made. The last thing that a handler does. */
void made_begin(struct made *made, http_handler *finish);

/* For `make`: opens the file, and puts bytes into it. */
MUST_CHECK int made_open_file(struct made *made);
MUST_CHECK int made_append(struct made *made, const struct buf *chunk);

/* Sets 200 with the file, which is taken over. */
void made_answer(struct made *made, const char *content_type);

#endif
