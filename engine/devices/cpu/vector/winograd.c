/* The transforms of Winograd's convolution F(4 x 4, 3 x 3) (Lavin, Gray: "Fast algorithms for
 * convolutional neural networks", CVPR 2016): Y = Aᵀ [(G g Gᵀ) · (Bᵀ d B)] A, for as many channels
 * at once as a register has lanes. */
#include "engine/devices/cpu/vector/vector-isa.h"

#define IN    6
#define OUT   4
#define TAPS  3
#define PANEL (2 * ISA_LANES)

/* The points of the transform are 0, ±NEAR, ±FAR and infinity: with these, instead of 1 and 2, what
 * the transforms magnify and shrink again, and with it their error, is a third. */
#define NEAR  0.625f
#define FAR   1.5f
#define NEAR2 (NEAR * NEAR)
#define FAR2  (FAR * FAR)

/* Bᵀ d: row p holds the coefficients of the product of x - q over the other points q. */
static inline void
spread (const Floats d[IN], Floats out[IN])
{
  Floats near_even = d[4] - FAR2 * d[2], near_odd = NEAR * (d[3] - FAR2 * d[1]);
  Floats far_even = d[4] - NEAR2 * d[2], far_odd = FAR * (d[3] - NEAR2 * d[1]);

  out[0] = d[4] - (NEAR2 + FAR2) * d[2] + NEAR2 * FAR2 * d[0];
  out[1] = near_even + near_odd;
  out[2] = near_even - near_odd;
  out[3] = far_even + far_odd;
  out[4] = far_even - far_odd;
  out[5] = d[5] - (NEAR2 + FAR2) * d[3] + NEAR2 * FAR2 * d[1];
}

/* Aᵀ m: column p holds the powers of p. */
static inline void
gather (const Floats m[IN], Floats out[OUT])
{
  Floats near_sum = m[1] + m[2], near_difference = NEAR * (m[1] - m[2]);
  Floats far_sum = m[3] + m[4], far_difference = FAR * (m[3] - m[4]);

  out[0] = m[0] + near_sum + far_sum;
  out[1] = near_difference + far_difference;
  out[2] = NEAR2 * near_sum + FAR2 * far_sum;
  out[3] = NEAR2 * near_difference + FAR2 * far_difference + m[5];
}

/* A y */
static inline void
gather_grad (const Floats y[OUT], Floats out[IN])
{
  Floats near_even = y[0] + NEAR2 * y[2], near_odd = NEAR * (y[1] + NEAR2 * y[3]);
  Floats far_even = y[0] + FAR2 * y[2], far_odd = FAR * (y[1] + FAR2 * y[3]);

  out[0] = y[0];
  out[1] = near_even + near_odd;
  out[2] = near_even - near_odd;
  out[3] = far_even + far_odd;
  out[4] = far_even - far_odd;
  out[5] = y[3];
}

/* G: row p holds the powers of p, over the product of p - q over the other points q. */
#define OVER_ZERO (1 / (NEAR2 * FAR2))
#define OVER_NEAR (1 / (2 * NEAR2 * (NEAR2 - FAR2)))
#define OVER_FAR  (1 / (2 * FAR2 * (FAR2 - NEAR2)))

/* G g */
static inline void
widen (const Floats g[TAPS], Floats out[IN])
{
  Floats near_even = OVER_NEAR * (g[0] + NEAR2 * g[2]), near_odd = OVER_NEAR * NEAR * g[1];
  Floats far_even = OVER_FAR * (g[0] + FAR2 * g[2]), far_odd = OVER_FAR * FAR * g[1];

  out[0] = OVER_ZERO * g[0];
  out[1] = near_even + near_odd;
  out[2] = near_even - near_odd;
  out[3] = far_even + far_odd;
  out[4] = far_even - far_odd;
  out[5] = g[2];
}

/* Gᵀ u */
static inline void
narrow (const Floats u[IN], Floats out[TAPS])
{
  Floats near_sum = OVER_NEAR * (u[1] + u[2]), near_difference = OVER_NEAR * NEAR * (u[1] - u[2]);
  Floats far_sum = OVER_FAR * (u[3] + u[4]), far_difference = OVER_FAR * FAR * (u[3] - u[4]);

  out[0] = OVER_ZERO * u[0] + near_sum + far_sum;
  out[1] = near_difference + far_difference;
  out[2] = NEAR2 * near_sum + FAR2 * far_sum + u[5];
}

static void
winograd_in (const CpuWinograd *w, const float *x, float *v, gsize apart)
{
  for (gsize c = 0; c < w->channels; c += ISA_LANES) {
    Floats d[IN], columns[IN][IN];
    float *to = v + c / PANEL * w->panel + c % PANEL;

    for (gsize j = 0; j < IN; j++) {
      for (gsize i = 0; i < IN; i++) {
        gboolean inside = i >= w->top && i < w->bottom && j >= w->left && j < w->right;
        d[i] = inside ? load (x + i * w->line + j * w->channels + c) : (Floats){ 0 };
      }
      spread (d, columns[j]);
    }
    for (gsize i = 0; i < IN; i++) {
      Floats row[IN], out[IN];
      for (gsize j = 0; j < IN; j++)
        row[j] = columns[j][i];
      spread (row, out);
      for (gsize j = 0; j < IN; j++)
        *(Floats *)(to + (i * IN + j) * apart) = out[j];
    }
  }
}

static void
winograd_out (const CpuWinograd *w, const float *m, gsize apart, float *y)
{
  for (gsize c = 0; c < w->channels; c += ISA_LANES) {
    Floats d[IN], columns[IN][OUT];

    for (gsize j = 0; j < IN; j++) {
      for (gsize i = 0; i < IN; i++)
        d[i] = load (m + (i * IN + j) * apart + c);
      gather (d, columns[j]);
    }
    for (gsize i = 0; i < w->bottom; i++) {
      Floats row[IN], out[OUT];
      for (gsize j = 0; j < IN; j++)
        row[j] = columns[j][i];
      gather (row, out);
      for (gsize j = 0; j < w->right; j++)
        *(Floats *)(y + i * w->line + j * w->channels + c) = out[j];
    }
  }
}

static void
winograd_out_grad (const CpuWinograd *w, const float *dy, float *m, gsize apart)
{
  for (gsize c = 0; c < w->channels; c += ISA_LANES) {
    Floats d[OUT], columns[OUT][IN];
    float *to = m + c / PANEL * w->panel + c % PANEL;

    for (gsize j = 0; j < OUT; j++) {
      for (gsize i = 0; i < OUT; i++) {
        gboolean inside = i < w->bottom && j < w->right;
        d[i] = inside ? load (dy + i * w->line + j * w->channels + c) : (Floats){ 0 };
      }
      gather_grad (d, columns[j]);
    }
    for (gsize i = 0; i < IN; i++) {
      Floats row[OUT], out[IN];
      for (gsize j = 0; j < OUT; j++)
        row[j] = columns[j][i];
      gather_grad (row, out);
      for (gsize j = 0; j < IN; j++)
        *(Floats *)(to + (i * IN + j) * apart) = out[j];
    }
  }
}

/* --- weights ------------------------------------------------------------------------------------
 */

/* The nine taps of one filter in each lane, of which @width are used, with @step between filters.
 */
static inline void
load_filters (const float *from, gsize step, gsize width, gboolean turned, Floats g[TAPS][TAPS])
{
  float taps[TAPS * TAPS][ISA_LANES] = { 0 };

  for (gsize lane = 0; lane < width; lane++, from += step)
    for (gsize t = 0; t < TAPS * TAPS; t++)
      taps[turned ? TAPS * TAPS - 1 - t : t][lane] = from[t];
  memcpy (g, taps, sizeof taps);
}

static void
winograd_weights (const CpuMatrix *filters, gboolean turned, gsize panel, float *u, gsize apart)
{
  const CpuMatrix *f = filters;

  u += panel * f->k * PANEL;
  for (gsize k = 0; k < f->k; k++, u += PANEL)
    for (gsize lane = 0; lane < PANEL; lane += ISA_LANES) {
      gsize n = panel * PANEL + lane, width = n < f->n ? MIN (f->n - n, ISA_LANES) : 0;
      Floats g[TAPS][TAPS], rows[TAPS][IN];

      load_filters (f->data + k * f->row_stride + n * f->column_stride, f->column_stride, width,
                    turned, g);
      for (gsize i = 0; i < TAPS; i++)
        widen (g[i], rows[i]);
      for (gsize j = 0; j < IN; j++) {
        Floats column[TAPS] = { rows[0][j], rows[1][j], rows[2][j] }, out[IN];
        widen (column, out);
        for (gsize i = 0; i < IN; i++)
          *(Floats *)(u + (i * IN + j) * apart + lane) = out[i];
      }
    }
}

static inline void
store_filters (float *to, gsize step, gsize width, const Floats g[TAPS * TAPS])
{
  float taps[TAPS * TAPS][ISA_LANES];

  memcpy (taps, g, sizeof taps);
  for (gsize lane = 0; lane < width; lane++, to += step)
    for (gsize t = 0; t < TAPS * TAPS; t++)
      to[t] = taps[t][lane];
}

static void
winograd_weights_grad (const CpuMatrix *filters, gsize panel, const float *u, gsize apart,
                       float *dw)
{
  const CpuMatrix *f = filters;

  u += panel * f->k * PANEL;
  for (gsize k = 0; k < f->k; k++, u += PANEL)
    for (gsize lane = 0; lane < PANEL; lane += ISA_LANES) {
      gsize n = panel * PANEL + lane, width = n < f->n ? MIN (f->n - n, ISA_LANES) : 0;
      Floats columns[IN][TAPS], g[TAPS * TAPS];

      for (gsize j = 0; j < IN; j++) {
        Floats column[IN];
        for (gsize i = 0; i < IN; i++)
          column[i] = load (u + (i * IN + j) * apart + lane);
        narrow (column, columns[j]);
      }
      for (gsize i = 0; i < TAPS; i++) {
        Floats row[IN];
        for (gsize j = 0; j < IN; j++)
          row[j] = columns[j][i];
        narrow (row, g + i * TAPS);
      }
      store_filters (dw + k * f->row_stride + n * f->column_stride, f->column_stride, width, g);
    }
}

void
ISA_NAME (cpu_fill_winograd) (CpuVector *vector)
{
  vector->winograd_in = winograd_in;
  vector->winograd_out = winograd_out;
  vector->winograd_out_grad = winograd_out_grad;
  vector->winograd_weights = winograd_weights;
  vector->winograd_weights_grad = winograd_weights_grad;
}
