/* The language a person reads: Dutch where LC_ALL, LC_MESSAGES or LANG (the first that is set and not empty) begins
 * with "nl", English otherwise. What crosses the wire is English always and does not come here. */
#ifndef BASE_LANG_H
#define BASE_LANG_H

#include <stdbool.h>

/* Whether texts for people are to be Dutch. Read once, at the first call. */
bool lang_is_dutch(void);

/* The text for a person, in English and in Dutch; both must take the same arguments where they are formats. */
#define T(english, dutch) (lang_is_dutch() ? (dutch) : (english))

#endif
