/* A small file a response, named as the spool names its own. See begun.h. */
#include "client/home/begun.h"
#include "base/file.h"
#include "base/json.h"
#include "client/home/path.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FOLDER "begun"
#define ENDING ".json"

static int begun_path(char path[static PATH_MAX], const char *home, const struct response_id *id)
{
    char name[RESPONSE_ID_TEXT_SIZE];
    response_id_write(id, name);
    return path_in_home(path, home, FOLDER "/%s" ENDING, name);
}

int begun_keep(const char *home, const struct response_id *id, const struct buf *answers)
{
    char folder[PATH_MAX], path[PATH_MAX];
    if (path_in_home(folder, home, FOLDER) < 0 || file_make_folder(folder) < 0 || begun_path(path, home, id) < 0)
        return -1;
    return file_write(path, buf_text(answers), answers->len);
}

int begun_read(const char *home, const struct response_id *id, struct buf *answers)
{
    char path[PATH_MAX];
    size_t before = answers->len;
    if (begun_path(path, home, id) < 0 || file_read(path, answers) < 0)
        return -1;
    struct json *object = json_parse(buf_text(answers) + before, answers->len - before, NULL);
    bool is_object = object && json_type(object) == JSON_OBJECT;
    json_free(object);
    errno = EILSEQ;
    return is_object ? 0 : -1;
}

struct begun_walk {
    int (*each)(void *context, const struct response_id *id);
    void *context;
};

static int visit_begun(void *context, const char *name)
{
    const struct begun_walk *walk = context;
    char text[RESPONSE_ID_TEXT_SIZE];
    struct response_id id;
    snprintf(text, sizeof text, "%.*s", (int)(strlen(name) - strlen(ENDING)), name);
    return response_id_read(text, &id) < 0 ? 0
                                           : walk->each(walk->context, &id); /* what is named otherwise is not ours */
}

int begun_each(const char *home, int (*each)(void *context, const struct response_id *id), void *context)
{
    char folder[PATH_MAX];
    struct begun_walk walk = {each, context};
    return path_in_home(folder, home, FOLDER) < 0 ? -1 : file_each(folder, ENDING, visit_begun, &walk);
}

struct begun_search {
    const char *home, *round, *action;
};

static bool is_sought(const struct begun_search *search, const struct response_id *id)
{
    return (!search->round || strcmp(id->round, search->round) == 0) &&
           (!search->action || strcmp(id->action, search->action) == 0);
}

static int stop_where_sought(void *context, const struct response_id *id)
{
    return is_sought(context, id);
}

bool begun_has(const char *home, const char *round, const char *action)
{
    struct begun_search search = {home, round, action};
    return begun_each(home, stop_where_sought, &search) > 0;
}

static int remove_where_sought(void *context, const struct response_id *id)
{
    const struct begun_search *search = context;
    char path[PATH_MAX];
    if (!is_sought(search, id))
        return 0;
    return begun_path(path, search->home, id) < 0 ? -1 : file_remove(path);
}

int begun_forget(const char *home, const char *round, const char *action)
{
    struct begun_search search = {home, round, action};
    return begun_each(home, remove_where_sought, &search);
}
