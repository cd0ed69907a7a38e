/* What was refused or stood there already is no measure of what comes: who is refused comes back when the loops hear
 * him, after those who were not, and a good client would wait for him. */
#include "collector/intake/gathering.h"

void gathering_note(struct gathering *gathering, bool several, size_t taken)
{
    gathering->expected = several ? taken : 0;
    gathering->is_vain = taken == 0;
}

bool gathering_is_done(const struct gathering *gathering, size_t waiting, size_t announced)
{
    return gathering->is_vain || (announced == 0 && waiting >= gathering->expected) || waiting >= GATHERING_ENOUGH;
}
