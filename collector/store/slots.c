/* Distances, seven bits a byte. */
#include "collector/store/slots.h"
#include "base/mem.h"

size_t slots_pack(const uint16_t *slots, size_t count, uint8_t *out)
{
    size_t len = 0;
    unsigned before = 0;
    for (size_t i = 0; i < count; before = slots[i++]) {
        unsigned step = slots[i] - before;
        for (; step >= 0x80; step >>= 7)
            out[len++] = (uint8_t)(step | 0x80);
        out[len++] = (uint8_t)step;
    }
    return len;
}

/* A slot takes a byte or more. */
int slots_reserve(struct slot_list *slots, size_t len)
{
    if (len <= slots->capacity)
        return 0;
    uint16_t *more = mem_resize(slots->list, len, sizeof *more);
    if (!more)
        return -1;
    slots->list = more;
    slots->capacity = len;
    return 0;
}

int slots_unpack(struct slot_list *slots, const uint8_t *bytes, size_t len)
{
    unsigned slot = 0, step = 0, shift = 0;
    slots->count = 0;
    for (size_t i = 0; i < len; i++) {
        step |= (bytes[i] & 0x7fu) << shift;
        shift += 7;
        if (bytes[i] & 0x80) {
            if (shift > 14)
                return -1;
            continue;
        }
        slot += step;
        if (slot > UINT16_MAX || (step == 0 && slots->count > 0))
            return -1;
        slots->list[slots->count++] = (uint16_t)slot;
        step = shift = 0;
    }
    return shift == 0 ? 0 : -1;
}

void slots_free(struct slot_list *slots)
{
    mem_free(slots->list);
    *slots = (struct slot_list){0};
}
