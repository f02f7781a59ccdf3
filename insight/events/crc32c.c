/* CRC-32C by tables of eight bytes, or by the instruction of SSE 4.2 or ARMv8.
 *
 * The instruction takes a word in each cycle but gives its result three cycles later, so a long
 * stretch is cut in three parts whose sums are computed side by side. Appending a block of zeros to
 * a message multiplies its sum by a constant in GF(2)[x] modulo the polynomial: a linear map, kept
 * as four tables of 256, which lets the three sums be joined. */
#include "insight/events/crc32c.h"

#include <string.h>

#if defined __x86_64__
#include <nmmintrin.h>
#define TELAR_CRC_TARGET __attribute__ ((target ("sse4.2")))
#elif defined __aarch64__
#include <arm_acle.h>
#include <sys/auxv.h>
#define TELAR_CRC_TARGET __attribute__ ((target ("+crc")))
#endif

#define POLYNOMIAL 0x82f63b78u /* reflected */
#define BLOCK      1024        /* bytes of one of the three parts; a multiple of 8 */

typedef struct {
  guint32 bytes[8][256]; /* [i][b]: the sum of b and i zeros after it */
  guint32 block[4][256]; /* [i][b]: what b in byte i of a sum becomes after BLOCK zeros */
} Tables;

static void
fill_bytes (Tables *tables)
{
  for (guint32 b = 0; b < 256; b++) {
    guint32 crc = b;
    for (int bit = 0; bit < 8; bit++)
      crc = crc & 1 ? crc >> 1 ^ POLYNOMIAL : crc >> 1;
    tables->bytes[0][b] = crc;
  }
  for (guint i = 1; i < 8; i++)
    for (guint b = 0; b < 256; b++) {
      guint32 before = tables->bytes[i - 1][b];
      tables->bytes[i][b] = before >> 8 ^ tables->bytes[0][before & 0xff];
    }
}

static guint32
append_zeros (const Tables *tables, guint32 crc, guint n)
{
  while (n-- > 0)
    crc = crc >> 8 ^ tables->bytes[0][crc & 0xff];
  return crc;
}

/* The map is linear: what a byte becomes is the sum of what its bits become. */
static void
fill_block (Tables *tables)
{
  for (guint i = 0; i < 4; i++)
    for (guint bit = 0; bit < 8; bit++) {
      guint32 one = append_zeros (tables, 1u << (8 * i + bit), BLOCK);
      for (guint b = 0; b < 1u << bit; b++)
        tables->block[i][b | 1u << bit] = tables->block[i][b] ^ one;
    }
}

static const Tables *
get_tables (void)
{
  static Tables tables;
  static gsize filled;

  if (g_once_init_enter (&filled)) {
    fill_bytes (&tables);
    fill_block (&tables);
    g_once_init_leave (&filled, 1);
  }
  return &tables;
}

static guint64
word_at (const guint8 *bytes)
{
  guint64 word;

  memcpy (&word, bytes, sizeof word);
  return GUINT64_FROM_LE (word);
}

guint32
telar_crc32c_portable (const void *data, gsize size)
{
  const Tables *tables = get_tables ();
  const guint8 *bytes = data;
  guint32 crc = ~0u;

  for (; size >= 8; size -= 8, bytes += 8) {
    guint64 word = word_at (bytes) ^ crc;
    crc = 0;
    for (guint i = 0; i < 8; i++)
      crc ^= tables->bytes[7 - i][word >> (8 * i) & 0xff];
  }
  for (; size > 0; size--, bytes++)
    crc = crc >> 8 ^ tables->bytes[0][(crc ^ *bytes) & 0xff];
  return ~crc;
}

#if defined TELAR_CRC_TARGET

TELAR_CRC_TARGET static inline guint32
add_word (guint32 crc, guint64 word)
{
#if defined __x86_64__
  return (guint32)_mm_crc32_u64 (crc, word);
#else
  return __crc32cd (crc, word);
#endif
}

TELAR_CRC_TARGET static inline guint32
add_byte (guint32 crc, guint8 byte)
{
#if defined __x86_64__
  return _mm_crc32_u8 (crc, byte);
#else
  return __crc32cb (crc, byte);
#endif
}

static guint32
shift_block (const Tables *tables, guint32 crc)
{
  return tables->block[0][crc & 0xff] ^ tables->block[1][crc >> 8 & 0xff] ^
         tables->block[2][crc >> 16 & 0xff] ^ tables->block[3][crc >> 24];
}

TELAR_CRC_TARGET static guint32
add_three_blocks (const Tables *tables, guint32 crc, const guint8 *bytes)
{
  guint32 second = 0, third = 0;

  for (guint i = 0; i < BLOCK; i += 8) {
    crc = add_word (crc, word_at (bytes + i));
    second = add_word (second, word_at (bytes + BLOCK + i));
    third = add_word (third, word_at (bytes + 2 * BLOCK + i));
  }
  return shift_block (tables, shift_block (tables, crc) ^ second) ^ third;
}

TELAR_CRC_TARGET static guint32
crc_by_instruction (const void *data, gsize size)
{
  const guint8 *bytes = data;
  guint32 crc = ~0u;

  if (size >= 3 * BLOCK) {
    const Tables *tables = get_tables ();
    for (; size >= 3 * BLOCK; size -= 3 * BLOCK, bytes += 3 * BLOCK)
      crc = add_three_blocks (tables, crc, bytes);
  }
  for (; size >= 8; size -= 8, bytes += 8)
    crc = add_word (crc, word_at (bytes));
  for (; size > 0; size--, bytes++)
    crc = add_byte (crc, *bytes);
  return ~crc;
}

static gboolean
has_instruction (void)
{
#if defined __x86_64__
  return __builtin_cpu_supports ("sse4.2") != 0;
#else
  return (getauxval (AT_HWCAP) & 1 << 7) != 0; /* HWCAP_CRC32 */
#endif
}

guint32
telar_crc32c (const void *data, gsize size)
{
  return has_instruction () ? crc_by_instruction (data, size) : telar_crc32c_portable (data, size);
}

#else

guint32
telar_crc32c (const void *data, gsize size)
{
  return telar_crc32c_portable (data, size);
}

#endif
