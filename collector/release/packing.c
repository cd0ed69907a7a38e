/* One value or option is a number of so many bits, 0 where it was not answered; any number of options a bit for having
 * answered and one an option; what is counted as given a bit. Knows no member and no log. */
#include "collector/release/packing.h"
#include <string.h>

static bool is_one_number(const struct question *question)
{
    enum question_counting counting = question_counting(question);
    return counting == COUNTED_ON_SCALE || counting == COUNTED_BY_CHOICE;
}

/* Bits that hold the numbers 0 to `most`. */
static size_t bits_for(size_t most)
{
    size_t bits = 0;
    for (; most > 0; most >>= 1)
        bits++;
    return bits;
}

static size_t question_bits(const struct question *question)
{
    size_t options = question_option_count(question);
    return is_one_number(question) ? bits_for(options) : 1 + options;
}

static size_t whole_bytes(size_t bits)
{
    return (bits + 7) / 8;
}

static size_t place_questions(struct packing *packing, size_t bit, bool as_given)
{
    for (size_t q = 0; q < packing->questionnaire->question_count; q++) {
        const struct question *question = &packing->questionnaire->questions[q];
        if ((question_counting(question) == COUNTED_AS_GIVEN) != as_given)
            continue;
        packing->at[q] = bit;
        bit += question_bits(question);
    }
    return bit;
}

void packing_init(struct packing *packing, const struct questionnaire *questionnaire)
{
    packing->questionnaire = questionnaire;
    packing->compared = whole_bytes(place_questions(packing, 0, false));
    packing->bytes = whole_bytes(place_questions(packing, 8 * packing->compared, true) + 1);
}

static void set_bit(uint8_t *packed, size_t bit)
{
    packed[bit / 8] = (uint8_t)(packed[bit / 8] | 1U << bit % 8);
}

static size_t get_bit(const uint8_t *packed, size_t bit)
{
    return (unsigned)packed[bit / 8] >> bit % 8 & 1U;
}

/* Its place is the last bit of the last byte: place_questions left room for one. */
static size_t revision_bit(const struct packing *packing)
{
    return 8 * packing->bytes - 1;
}

static void pack_mark(const struct packing *packing, const struct mark *mark, uint8_t *out)
{
    const struct question *question = &packing->questionnaire->questions[mark->question];
    size_t at = packing->at[mark->question];
    if (!is_one_number(question)) {
        set_bit(out, mark->option == MARK_ANSWERED ? at : at + 1 + mark->option);
        return;
    }
    size_t value = mark->option == MARK_ANSWERED ? 0 : (size_t)mark->option + 1;
    for (; value > 0; value >>= 1, at++)
        if (value & 1)
            set_bit(out, at);
}

void packing_put(const struct packing *packing, const struct ballot *ballot, bool is_revision, uint8_t *out)
{
    memset(out, 0, packing->bytes);
    for (size_t i = 0; i < ballot->mark_count; i++)
        pack_mark(packing, &ballot->marks[i], out);
    if (is_revision)
        set_bit(out, revision_bit(packing));
}

bool packing_is_revision(const struct packing *packing, const uint8_t *packed)
{
    return get_bit(packed, revision_bit(packing)) != 0;
}

static size_t get_number(const uint8_t *packed, size_t at, size_t bits)
{
    size_t number = 0;
    for (size_t i = bits; i-- > 0;)
        number = number << 1 | get_bit(packed, at + i);
    return number;
}

/* `slots` are the question's: who answered it, then its options. */
static void count_question(const struct question *question, const uint8_t *packed, size_t at, int64_t *slots)
{
    if (is_one_number(question)) {
        size_t value = get_number(packed, at, question_bits(question));
        slots[0] += value > 0;
        if (value > 0)
            slots[value]++;
        return;
    }
    for (size_t i = 0; i < question_bits(question); i++)
        slots[i] += (int64_t)get_bit(packed, at + i);
}

void packing_count(const struct packing *packing, const struct tally_layout *layout, const uint8_t *packed,
                   int64_t *counts)
{
    counts[TALLY_RESPONDENTS]++;
    for (size_t q = 0; q < packing->questionnaire->question_count; q++)
        count_question(&packing->questionnaire->questions[q], packed, packing->at[q], counts + layout->first[q]);
}
