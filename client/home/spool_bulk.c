/* See spool_bulk.h. */
#include "client/home/spool_bulk.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PART ".part" /* no place's ending */

struct entry {
    char *home;
    struct response_id id;
    enum spool_place place;
};

struct entries {
    struct entry *list;
    size_t count, room;
};

struct spool_bulk {
    int folder;
    struct entries written; /* under another name */
    struct entries named; /* under their own, which are not synced yet */
};

static void clear(struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        mem_free(entries->list[i].home);
    entries->count = 0;
}

static int add(struct entries *entries, const char *home, const struct response_id *id, enum spool_place place)
{
    if (entries->count == entries->room) {
        size_t room = entries->room ? entries->room * 2 : 64;
        struct entry *list = mem_resize(entries->list, room, sizeof *list);
        if (!list) {
            errno = ENOMEM;
            return -1;
        }
        entries->list = list;
        entries->room = room;
    }
    struct entry entry = {.home = mem_copy_text(home, strlen(home)), .id = *id, .place = place};
    if (!entry.home) {
        errno = ENOMEM;
        return -1;
    }
    entries->list[entries->count++] = entry;
    return 0;
}

struct spool_bulk *spool_bulk_open(const char *folder)
{
    struct spool_bulk *bulk = mem_calloc(1, sizeof *bulk);
    if (!bulk) {
        errno = ENOMEM;
        return NULL;
    }
    bulk->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (bulk->folder < 0) {
        mem_free(bulk);
        return NULL;
    }
    return bulk;
}

void spool_bulk_close(struct spool_bulk *bulk)
{
    if (!bulk)
        return;
    clear(&bulk->written);
    clear(&bulk->named);
    mem_free(bulk->written.list);
    mem_free(bulk->named.list);
    close(bulk->folder);
    mem_free(bulk);
}

size_t spool_bulk_count(const struct spool_bulk *bulk)
{
    return bulk->written.count;
}

static int part_path(char out[static PATH_MAX + sizeof PART], const struct entry *entry)
{
    if (spool_path(out, entry->home, entry->place, &entry->id) < 0)
        return -1;
    memcpy(out + strlen(out), PART, sizeof PART);
    return 0;
}

static int write_whole(const char *path, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    while (len > 0) {
        ssize_t wrote = write(fd, bytes, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            int why = errno;
            close(fd);
            errno = why;
            return -1;
        }
        bytes += wrote;
        len -= (size_t)wrote;
    }
    return close(fd);
}

static int write_part(struct spool_bulk *bulk, const struct entry *entry, const char *bytes, size_t len)
{
    char path[PATH_MAX + sizeof PART];
    if (part_path(path, entry) < 0 || write_whole(path, bytes, len) < 0)
        return -1;
    return add(&bulk->written, entry->home, &entry->id, entry->place);
}

int spool_bulk_put(struct spool_bulk *bulk, const char *home, const struct response_id *id,
                   const struct spool_text *jws)
{
    struct entry entry = {.home = (char *)home, .id = *id, .place = SPOOL_WAITING};
    return write_part(bulk, &entry, jws->text, jws->len);
}

int spool_bulk_settle(struct spool_bulk *bulk, const char *home, const struct response_id *id, enum spool_place place,
                      const struct spool_text *jws, const struct spool_text *answer)
{
    struct entry entry = {.home = (char *)home, .id = *id, .place = place};
    struct buf record;
    int result = -1;
    buf_init(&record, SPOOL_RECORD_MAX);
    spool_put_record(&record, jws, answer);
    if (buf_check(&record) < 0)
        errno = ENOMEM;
    else
        result = write_part(bulk, &entry, buf_text(&record), record.len);
    buf_free(&record);
    return result;
}

static int give_name(const struct entry *entry)
{
    char part[PATH_MAX + sizeof PART], path[PATH_MAX];
    if (part_path(part, entry) < 0 || spool_path(path, entry->home, entry->place, &entry->id) < 0)
        return -1;
    if (entry->place != SPOOL_WAITING)
        return rename(part, path);
    /* A signed response may have been sent: never to be written over by another. */
    return link(part, path) < 0 ? -1 : unlink(part);
}

int spool_bulk_commit(struct spool_bulk *bulk)
{
    if (syncfs(bulk->folder) < 0)
        return -1;
    /* The names given last time are synced by now as well. */
    for (size_t i = 0; i < bulk->named.count; i++)
        if (bulk->named.list[i].place != SPOOL_WAITING)
            spool_tidy(bulk->named.list[i].home, &bulk->named.list[i].id);
    clear(&bulk->named);
    for (size_t i = 0; i < bulk->written.count; i++)
        if (give_name(&bulk->written.list[i]) < 0)
            return -1;
    struct entries empty = bulk->named;
    bulk->named = bulk->written;
    bulk->written = empty;
    return 0;
}

int spool_bulk_finish(struct spool_bulk *bulk)
{
    if (spool_bulk_commit(bulk) < 0)
        return -1;
    return bulk->named.count > 0 ? spool_bulk_commit(bulk) : 0;
}
