/* What is written and what has its name are two lists, and each commit moves the first to the second: so one syncfs
 * pays for the bytes of this commit and the names of the last. See spool_bulk.h. */
#include "client/home/spool_bulk.h"
#include "base/list.h"
#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PART ".part" /* no state's ending */

struct bulk_entry {
    char *home;
    struct response_id id;
    enum spool_state state;
};

struct entry_list {
    struct bulk_entry *list;
    size_t count, capacity;
};

struct spool_bulk {
    int folder;
    struct entry_list written; /* under another name */
    struct entry_list named; /* under their own, which are not synced yet */
};

static void forget_entries(struct entry_list *entries)
{
    for (size_t i = 0; i < entries->count; i++)
        mem_free(entries->list[i].home);
    entries->count = 0;
}

static int keep_entry(struct entry_list *entries, const char *home, enum spool_state state,
                      const struct response_id *id)
{
    struct bulk_entry *list = list_grow(entries->list, entries->count, &entries->capacity, sizeof *list);
    if (list)
        entries->list = list;
    char *copy = list ? mem_copy_text(home, strlen(home)) : NULL;
    if (!copy) {
        errno = ENOMEM;
        return -1;
    }
    entries->list[entries->count++] = (struct bulk_entry){.home = copy, .id = *id, .state = state};
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
    forget_entries(&bulk->written);
    forget_entries(&bulk->named);
    mem_free(bulk->written.list);
    mem_free(bulk->named.list);
    close(bulk->folder);
    mem_free(bulk);
}

size_t spool_bulk_count(const struct spool_bulk *bulk)
{
    return bulk->written.count;
}

static int part_path(char out[static PATH_MAX + sizeof PART], const char *home, enum spool_state state,
                     const struct response_id *id)
{
    if (spool_path(out, home, state, id) < 0)
        return -1;
    memcpy(out + strlen(out), PART, sizeof PART);
    return 0;
}

static int write_whole(const char *path, const struct slice *text)
{
    const char *bytes = text->text;
    size_t len = text->len;
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

static int write_part(struct spool_bulk *bulk, const char *home, enum spool_state state, const struct response_id *id,
                      const struct slice *bytes)
{
    char path[PATH_MAX + sizeof PART];
    if (part_path(path, home, state, id) < 0 || write_whole(path, bytes) < 0)
        return -1;
    return keep_entry(&bulk->written, home, state, id);
}

int spool_bulk_put(struct spool_bulk *bulk, const char *home, const struct response_id *id, const struct slice *jws)
{
    return write_part(bulk, home, SPOOL_WAITING, id, jws);
}

int spool_bulk_settle(struct spool_bulk *bulk, const char *home, const struct response_id *id, enum spool_state state,
                      const struct slice *jws, const struct slice *answer)
{
    struct buf record;
    int result = -1;
    buf_init(&record, SPOOL_RECORD_MAX);
    spool_put_record(&record, jws, answer);
    struct slice text = slice_of(&record);
    if (buf_check(&record) < 0)
        errno = ENOMEM;
    else
        result = write_part(bulk, home, state, id, &text);
    buf_free(&record);
    return result;
}

static int give_name(const struct bulk_entry *entry)
{
    char part[PATH_MAX + sizeof PART], path[PATH_MAX];
    if (part_path(part, entry->home, entry->state, &entry->id) < 0 ||
        spool_path(path, entry->home, entry->state, &entry->id) < 0)
        return -1;
    if (entry->state != SPOOL_WAITING)
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
        if (bulk->named.list[i].state != SPOOL_WAITING)
            spool_tidy(bulk->named.list[i].home, &bulk->named.list[i].id);
    forget_entries(&bulk->named);
    for (size_t i = 0; i < bulk->written.count; i++)
        if (give_name(&bulk->written.list[i]) < 0)
            return -1;
    struct entry_list empty = bulk->named;
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
