/* Philox4x32-10 and what is drawn from it. The fills work on sixteen blocks side by side, one loop
 * per round over plain arrays, so that the compiler turns each round into vector instructions. */
#include "engine/random.h"
#include <math.h>

/* Multipliers and Weyl increments: Salmon et al., table 2 and section 3.3. */
#define MULTIPLIER_0 0xD2511F53u
#define MULTIPLIER_1 0xCD9E8D57u
#define WEYL_0       0x9E3779B9u
#define WEYL_1       0xBB67AE85u
#define ROUNDS       10

#define LANES 16
#define GROUP ((gsize)LANES * 4) /* elements that one call of blocks makes */

typedef guint32 Lanes[LANES];

/* The blocks first … first + 15, word by word; all is inlined so that each caller's instruction set
 * applies. */
__attribute__ ((always_inline)) static inline void
blocks (const TelarRandom *random, guint64 first, Lanes words[4])
{
  guint32 key0 = (guint32)random->seed, key1 = (guint32)(random->seed >> 32);
  for (guint i = 0; i < LANES; i++) {
    words[0][i] = (guint32)(first + i);
    words[1][i] = (guint32)((first + i) >> 32);
    words[2][i] = random->step;
    words[3][i] = random->stream;
  }
  for (guint round = 0; round < ROUNDS; round++) {
    for (guint i = 0; i < LANES; i++) {
      guint64 a = (guint64)MULTIPLIER_0 * words[0][i], b = (guint64)MULTIPLIER_1 * words[2][i];
      words[0][i] = (guint32)(b >> 32) ^ words[1][i] ^ key0;
      words[2][i] = (guint32)(a >> 32) ^ words[3][i] ^ key1;
      words[1][i] = (guint32)b;
      words[3][i] = (guint32)a;
    }
    key0 += WEYL_0;
    key1 += WEYL_1;
  }
}

void
telar_random_block (const TelarRandom *random, guint64 block, guint32 out[4])
{
  guint32 key0 = (guint32)random->seed, key1 = (guint32)(random->seed >> 32);
  guint32 c0 = (guint32)block, c1 = (guint32)(block >> 32), c2 = random->step, c3 = random->stream;
  for (guint round = 0; round < ROUNDS; round++) {
    guint64 a = (guint64)MULTIPLIER_0 * c0, b = (guint64)MULTIPLIER_1 * c2;
    c0 = (guint32)(b >> 32) ^ c1 ^ key0;
    c2 = (guint32)(a >> 32) ^ c3 ^ key1;
    c1 = (guint32)b;
    c3 = (guint32)a;
    key0 += WEYL_0;
    key1 += WEYL_1;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

static inline float
uniform_of (guint32 word)
{
  /* Through gint32: vector units convert signed integers only. */
  return (float)(gint32)(word >> 8) * 0x1p-24f;
}

/* One of a pair: @first in (0, 1] gives the radius, @second the angle. */
static float
normal_of (guint32 first, guint32 second, gboolean sine)
{
  float radius = sqrtf (-2.0f * logf ((float)((first >> 8) + 1) * 0x1p-24f));
  float angle = 6.283185307179586f * uniform_of (second);
  return radius * (sine ? sinf (angle) : cosf (angle));
}

float
telar_random_uniform (const TelarRandom *random, guint64 index)
{
  guint32 words[4];
  telar_random_block (random, index / 4, words);
  return uniform_of (words[index % 4]);
}

float
telar_random_normal (const TelarRandom *random, guint64 index)
{
  guint32 words[4];
  telar_random_block (random, index / 4, words);
  guint pair = (guint)(index % 4) / 2 * 2;
  return normal_of (words[pair], words[pair + 1], index % 2 == 1);
}

/* @out holds GROUP floats, element 4 i + w of the stream at the same place. */
__attribute__ ((always_inline)) static inline void
uniform_group (const TelarRandom *random, guint64 block, float *restrict out)
{
  Lanes words[4];
  blocks (random, block, words);
  for (guint i = 0; i < LANES; i++)
    for (guint w = 0; w < 4; w++)
      out[4 * i + w] = uniform_of (words[w][i]);
}

typedef void (*UniformGroups) (const TelarRandom *random, guint64 block, gsize groups, float *out);

#define UNIFORM_GROUPS(name, target)                                                               \
  target static void name (const TelarRandom *random, guint64 block, gsize groups, float *out)     \
  {                                                                                                \
    for (gsize g = 0; g < groups; g++)                                                             \
      uniform_group (random, block + g * LANES, out + g * GROUP);                                  \
  }

UNIFORM_GROUPS (uniform_groups_plain, )
#if defined(__x86_64__)
UNIFORM_GROUPS (uniform_groups_avx2, __attribute__ ((target ("avx2"))))
UNIFORM_GROUPS (uniform_groups_avx512, __attribute__ ((target ("avx512f,avx512dq"))))
#endif

static UniformGroups
uniform_groups (void)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq"))
    return uniform_groups_avx512;
  if (__builtin_cpu_supports ("avx2"))
    return uniform_groups_avx2;
#endif
  return uniform_groups_plain;
}

void
telar_random_fill_uniform (const TelarRandom *random, guint64 first, gsize n, float *out)
{
  gsize done = 0;
  for (; done < n && (first + done) % 4 != 0; done++)
    out[done] = telar_random_uniform (random, first + done);
  gsize groups = (n - done) / GROUP;
  uniform_groups () (random, (first + done) / 4, groups, out + done);
  for (done += groups * GROUP; done < n; done++)
    out[done] = telar_random_uniform (random, first + done);
}

void
telar_random_fill_normal (const TelarRandom *random, guint64 first, gsize n, float *out)
{
  guint32 words[4];
  guint64 block = G_MAXUINT64;
  for (gsize i = 0; i < n; i++) {
    guint64 index = first + i;
    if (index / 4 != block) {
      block = index / 4;
      telar_random_block (random, block, words);
    }
    guint pair = (guint)(index % 4) / 2 * 2;
    out[i] = normal_of (words[pair], words[pair + 1], index % 2 == 1);
  }
}

void
telar_random_permutation (const TelarRandom *random, gsize n, guint32 *out)
{
  g_return_if_fail (n <= G_MAXUINT32);
  for (gsize i = 0; i < n; i++)
    out[i] = (guint32)i;
  for (gsize i = n; i > 1; i--) {
    guint32 words[4];
    telar_random_block (random, i, words);
    /* 64 random bits scaled to [0, i): the bias is below 2^-32. */
    guint64 drawn = (guint64)words[0] << 32 | words[1];
    gsize j = (gsize)(((unsigned __int128)drawn * i) >> 64);
    guint32 kept = out[i - 1];
    out[i - 1] = out[j];
    out[j] = kept;
  }
}

guint32
telar_random_stream (const char *name)
{
  guint32 hash = 2166136261u;
  for (const guchar *c = (const guchar *)name; *c; c++)
    hash = (hash ^ *c) * 16777619u;
  return hash;
}
