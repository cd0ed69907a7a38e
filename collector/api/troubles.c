/* By the clock of the moment. Knows no resource. */
#include "collector/api/troubles.h"
#include "base/clock.h"

void api_trouble_met(struct api_troubles *troubles, const struct error *error)
{
    trouble_met(error->kind == ERROR_BUSY ? &troubles->crowd : &troubles->failure, clock_monotonic_us(), "%s",
                error->text);
}

void api_trouble_passed(struct api_troubles *troubles)
{
    int64_t now = clock_monotonic_us();
    trouble_passed(&troubles->crowd, now);
    trouble_passed(&troubles->failure, now);
}
