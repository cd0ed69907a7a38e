/* What was refused is no measure of what comes: who is refused comes back when the loops hear him, after those who were
 * not, and a good client would wait for him. A replay is: before it is answered the store is looked at, as before a
 * commit, and one look does for all of a batch. */
#include "collector/intake/gathering.h"

void gathering_note(struct gathering *gathering, bool several, size_t standing)
{
    gathering->expected = several ? standing : 0;
    gathering->is_vain = standing == 0;
}

bool gathering_is_done(const struct gathering *gathering, size_t waiting, size_t announced)
{
    return gathering->is_vain || (announced == 0 && waiting >= gathering->expected) || waiting >= GATHERING_ENOUGH;
}
