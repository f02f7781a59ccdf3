/* The transforms of Winograd's convolution F(4 x 4, 3 x 3) (Lavin, Gray: "Fast algorithms for
 * convolutional neural networks", CVPR 2016): Y = Aᵀ [(G g Gᵀ) · (Bᵀ d B)] A, for as many channels
 * at once as a register has lanes. */
#include "engine/devices/cpu/vector/vector-isa.h"

#define IN  6
#define OUT 4

/* Bᵀ d */
static inline void
spread (const Floats d[IN], Floats out[IN])
{
  Floats even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
  Floats near = d[4] - d[2], twice = 2 * (d[3] - d[1]);

  out[0] = 4 * d[0] - 5 * d[2] + d[4];
  out[1] = even + odd;
  out[2] = even - odd;
  out[3] = near + twice;
  out[4] = near - twice;
  out[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/* Aᵀ m */
static inline void
gather (const Floats m[IN], Floats out[OUT])
{
  Floats sum = m[1] + m[2], difference = m[1] - m[2];
  Floats far_sum = m[3] + m[4], far_difference = m[3] - m[4];

  out[0] = m[0] + sum + far_sum;
  out[1] = difference + 2 * far_difference;
  out[2] = sum + 4 * far_sum;
  out[3] = difference + 8 * far_difference + m[5];
}

static void
winograd_in (const CpuWinograd *w, const float *x, float *v, gsize apart)
{
  for (gsize c = 0; c < w->channels; c += ISA_LANES) {
    Floats d[IN], columns[IN][IN];

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
        *(Floats *)(v + (i * IN + j) * apart + c) = out[j];
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

void
ISA_NAME (cpu_fill_winograd) (CpuVector *vector)
{
  vector->winograd_in = winograd_in;
  vector->winograd_out = winograd_out;
}
