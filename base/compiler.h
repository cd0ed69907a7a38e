/* What the compiler is told about a function. Knows nothing else. */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

/* The result says whether it worked; who ignores it gets a warning. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Arguments from number `first` on are formatted by argument number `text`, as by printf. */
#define PRINTF_LIKE(text, first) __attribute__((__format__(__printf__, text, first)))

#endif
