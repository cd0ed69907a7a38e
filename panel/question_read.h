/* The questions of a questionnaire, from JSON; the half of definition_read.c that grew too long for one file. */
#ifndef PANEL_QUESTION_READ_H
#define PANEL_QUESTION_READ_H

#include "panel/reading.h"

/* Reads the member `questions` of a questionnaire into out->questions, which panel_free frees, also after a fault. */
void question_read_all(struct reading *r, const struct json *questionnaire, struct questionnaire *out);

#endif
