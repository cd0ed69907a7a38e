/* A channel that is its socket. */
#include "collector/http/channel.h"
#include <errno.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t receive_plain(struct channel *channel, void *room, size_t size)
{
    ssize_t n = recv(channel->fd, room, size, 0);
    if (n >= 0 ? (size_t)n < size : errno == EAGAIN)
        channel->readable = n > 0 && channel->hung_up;
    return n;
}

static ssize_t send_plain(struct channel *channel, const struct iovec runs[static 2], bool more)
{
    struct iovec both[2] = {runs[0], runs[1]};
    struct msghdr message = {.msg_iov = both, .msg_iovlen = 2};
    ssize_t n = sendmsg(channel->fd, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    channel->writable = n >= 0 && (size_t)n == both[0].iov_len + both[1].iov_len;
    channel->sent += n > 0 ? (size_t)n : 0;
    return n;
}

static ssize_t send_file_plain(struct channel *channel, int file, size_t size)
{
    ssize_t n = sendfile(channel->fd, file, NULL, size);
    channel->writable = n > 0;
    channel->sent += n > 0 ? (size_t)n : 0;
    return n;
}

static int flush_plain(struct channel *channel)
{
    (void)channel;
    return 0;
}

static void finish_plain(struct channel *channel)
{
    shutdown(channel->fd, SHUT_WR);
}

static void close_plain(struct channel *channel)
{
    close(channel->fd);
}

void channel_open_plain(struct channel *channel, int fd)
{
    static const struct channel_verbs verbs = {.receive = receive_plain,
                                               .send = send_plain,
                                               .send_file = send_file_plain,
                                               .flush = flush_plain,
                                               .finish = finish_plain,
                                               .close = close_plain};
    *channel = (struct channel){.verbs = &verbs, .fd = fd};
}
