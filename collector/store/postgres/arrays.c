/* https://www.postgresql.org/docs/current/xtypes.html; laid out as array_send does in the server's arrayfuncs.c. */
#include "collector/store/postgres/arrays.h"
#include "collector/store/postgres/statements.h"
#include <arpa/inet.h>
#include <endian.h>

/* pg_type.dat */
#define OID_BYTEA 17
#define OID_BIGINT 20

static void put_number_32(struct buf *out, size_t number)
{
    uint32_t big = htonl((uint32_t)number);
    buf_put(out, &big, sizeof big);
}

void array_begin(struct buf *out, char type, size_t count)
{
    put_number_32(out, 1);
    put_number_32(out, 0);
    put_number_32(out, type == TYPE_NUMBERS ? OID_BIGINT : OID_BYTEA);
    put_number_32(out, count);
    put_number_32(out, 1); /* the first has number 1 */
}

void array_put_number(struct buf *out, int64_t number)
{
    uint64_t big = htobe64((uint64_t)number);
    array_put_bytes(out, &big, sizeof big);
}

void array_put_bytes(struct buf *out, const void *bytes, size_t len)
{
    put_number_32(out, len);
    buf_put(out, bytes, len);
}
