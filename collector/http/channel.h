/* What stands between a connection and its socket: the bytes as they are, or in TLS records (tls.h). A connection knows
 * these verbs alone, so that all it promises (order, time, account) holds for both. Inside the HTTP room. On the loop's
 * thread. */
#ifndef COLLECTOR_HTTP_CHANNEL_H
#define COLLECTOR_HTTP_CHANNEL_H

#include "base/compiler.h"
#include "collector/http/account.h"
#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

struct channel;

/* Each that fails returns -1 with errno: EAGAIN, the socket can't for now; else the channel is of no use any more. What
 * they learn of the socket they note in `readable` and `writable`. */
struct channel_verbs {
    /* Receives up to `size` bytes; 0: the other has ended its stream. */
    ssize_t (*receive)(struct channel *channel, void *room, size_t size);
    /* Takes bytes of two runs, in order, either of which may be empty; returns how many it took. `more`: others follow
     * at once. */
    ssize_t (*send)(struct channel *channel, const struct iovec runs[static 2], bool more);
    /* Takes up to `size` bytes of an open file, from where it stands. 0: the file has ended. Not while it owes. */
    ssize_t (*send_file)(struct channel *channel, int file, size_t size);
    /* Sends what it owes. */
    int (*flush)(struct channel *channel);
    /* Tells the other that nothing more comes. */
    void (*finish)(struct channel *channel);
    /* Frees all that the channel has, and closes the socket. */
    void (*close)(struct channel *channel);
};

struct tls;
struct tls_session;

struct channel {
    const struct channel_verbs *verbs;
    int fd;
    bool readable, writable; /* as far as is known */
    bool hung_up; /* the other's end of the stream is in sight */
    bool owes; /* it has taken bytes that are not sent yet */
    size_t sent; /* bytes that the socket has taken; whoever counts them sets it back */
    struct account *account; /* of what it holds; NULL until the connection has come to its loop */
    struct tls *tls; /* with what it would begin a session; NULL: in plain */
    struct tls_session *session; /* NULL: none yet */
};

/* The bytes as they are. Of a non-blocking socket, which the channel owns. */
void channel_open_plain(struct channel *channel, int fd);

#endif
