/* How fast single kernels of the CPU device are, at the sizes of the sample networks: for tuning,
 * not a test. Prints the best of many runs: milliseconds, GFLOP/s and GB/s of operands.
 *
 *   bench-kernels [THREADS] [PART OF A LINE] */
#include "engine/compiler.h"
#include "engine/ir-lex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_VALUES 16

/* clang-format off */
static const char *const lines[] = {
  /* the convolutional digits network, batch 64 */
  "conv f32[64,28,28,1] f32[12,1,3,3] {stride=[1,1], pad=[1,1,1,1], layout=1}",
  "conv f32[64,28,28,12] f32[24,12,6,6] {stride=[2,2], pad=[2,2,2,2], layout=1}",
  "conv f32[64,14,14,24] f32[64,24,6,6] {stride=[2,2], pad=[2,2,2,2], layout=1}",
  "conv_input_grad f32[64,14,14,24] f32[24,12,6,6] {stride=[2,2], pad=[2,2,2,2], layout=1, shape=[64,28,28,12]}",
  "conv_input_grad f32[64,7,7,64] f32[64,24,6,6] {stride=[2,2], pad=[2,2,2,2], layout=1, shape=[64,14,14,24]}",
  "conv_weight_grad f32[64,28,28,1] f32[64,28,28,12] {stride=[1,1], pad=[1,1,1,1], layout=1, shape=[12,1,3,3]}",
  "conv_weight_grad f32[64,28,28,12] f32[64,14,14,24] {stride=[2,2], pad=[2,2,2,2], layout=1, shape=[24,12,6,6]}",
  "conv_weight_grad f32[64,14,14,24] f32[64,7,7,64] {stride=[2,2], pad=[2,2,2,2], layout=1, shape=[64,24,6,6]}",
  "conv f32[64,1,28,28] f32[12,1,3,3] {stride=[1,1], pad=[1,1,1,1]}",
  "conv f32[64,24,14,14] f32[64,24,6,6] {stride=[2,2], pad=[2,2,2,2]}",
  "batch_norm_train f32[64,28,28,12] f32[12] f32[12] {epsilon=1e-3, layout=1}",
  "batch_norm_grad f32[64,28,28,12] f32[64,28,28,12] f32[12] f32[12] f32[12] {epsilon=1e-3, layout=1}",
  "batch_norm_train f32[64,12,28,28] f32[12] f32[12] {epsilon=1e-3}",
  "batch_norm_train f32[64,7,7,64] f32[64] f32[64] {epsilon=1e-3, layout=1}",
  "batch_norm_grad f32[64,7,7,64] f32[64,7,7,64] f32[64] f32[64] f32[64] {epsilon=1e-3, layout=1}",
  "batch_norm_train f32[64,200] f32[200] f32[200] {epsilon=1e-3, layout=1}",
  "max_pool f32[64,28,28,24] {kernel=[2,2], stride=[2,2], layout=1}",
  "max_pool_grad f32[64,28,28,24] f32[64,14,14,24] f32[64,14,14,24] {kernel=[2,2], stride=[2,2], layout=1}",
  "adam f32[627200] f32[627200] f32[627200] f32[627200] f32[] f32[] {beta1=0.9, beta2=0.999, epsilon=1e-8}",
  "adam f32[2400] f32[2400] f32[2400] f32[2400] f32[] f32[] {beta1=0.9, beta2=0.999, epsilon=1e-8}",
  "matmul f32[64,3136] f32[3136,200]",
  "matmul f32[64,3136] f32[64,200] {trans_a=1}",
  "matmul f32[64,200] f32[3136,200] {trans_b=1}",
  /* the dense digits network, batch 128 */
  "matmul f32[128,784] f32[784,512] f32[512] {activation=relu}",
  "matmul f32[128,512] f32[512,512] f32[512] {activation=relu}",
  "matmul f32[128,512] f32[512,10] f32[10]",
  "matmul f32[128,784] f32[128,512] {trans_a=1}",
  "matmul f32[128,512] f32[128,512] {trans_a=1}",
  "matmul f32[128,512] f32[512,512] {trans_b=1}",
  "matmul f32[1,784] f32[784,512]",
  "matmul f32[32,7] f32[7,10]",
  /* the Transformer encoder, batch 16, and the LSTM, batch 32 */
  "matmul f32[16,128,256] f32[256,256] f32[256]",
  "matmul f32[16,128,256] f32[256,1024] f32[1024] {activation=relu}",
  "matmul f32[16,128,1024] f32[1024,256] f32[256]",
  "matmul f32[16,128,256] f32[1024,256] {trans_b=1}",
  "matmul f32[16,128,1024] f32[256,1024] {trans_b=1}",
  "matmul f32[2048,256] f32[2048,256] {trans_a=1}",
  "matmul f32[2048,256] f32[2048,1024] {trans_a=1}",
  "matmul f32[2048,1024] f32[2048,256] {trans_a=1}",
  "matmul f32[2048,1024] f32[2048,128] {trans_a=1}",
  "matmul f32[16,4,128,64] f32[16,4,128,64] {trans_b=1}",
  "matmul f32[16,4,128,128] f32[16,4,128,64]",
  "matmul f32[16,4,128,128] f32[16,4,128,64] {trans_a=1}",
  /* elementwise, reductions, moves */
  "relu f32[64,28,28,12]", "add f32[64,28,28,12] f32[12]", "add f32[64,28,28,12] f32[64,28,28,12]",
  "mul f32[64,12,28,28] f32[12,1,1]", "sub f32[128,1000] f32[128,1]",
  "exp f32[602112]", "log f32[602112]", "tanh f32[602112]", "sigmoid f32[602112]", "erf f32[602112]",
  "softplus f32[602112]", "sin f32[602112]", "cast u8[64,28,28] {dtype=f32}",
  "cast u8[256,784] {dtype=f32}",
  "sum f32[128,512] {axes=[0]}", "sum f32[128,512] {axes=[1]}", "sum f32[64,28,28,12] {axes=[0,1,2]}",
  "sum f32[602112] {axes=[0]}", "softmax f32[128,10] {axis=1}", "softmax f32[128,1000] {axis=1}",
  "argmax f32[128,10] {axis=1}", "layer_norm f32[512,256] f32[256] f32[256] {axis=1, epsilon=1e-5}",
  "transpose f32[64,12,28,28] {perm=[0,2,3,1]}", "transpose f32[1024,1024] {perm=[1,0]}",
  "pad f32[64,28,28,12] {low=[0,2,2,0], high=[0,2,2,0]}", "uniform {shape=[64,200], stream=3}",
  "uniform {shape=[602112], stream=3}", "normal {shape=[60211], stream=3}",
  "gather f32[10000,64] i64[512] {axis=0}",
};
/* clang-format on */

static TelarProgram *
program_of (const char *text)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("line");
  g_autoptr (GError) error = NULL;
  TelarLexer lexer = { .at = text, .line = 1 };
  TelarAttrReader reader;
  TelarValue inputs[MOST_VALUES];
  g_autofree char *name = NULL;
  guint n = 0;

  telar_lexer_name (&lexer, &name);
  for (telar_lexer_skip_blanks (&lexer); *lexer.at != '\0' && *lexer.at != '{';
       telar_lexer_skip_blanks (&lexer)) {
    TelarType type;
    telar_lexer_type (&lexer, &type);
    inputs[n++] = telar_build_input (b, "x", &type);
  }
  telar_attr_reader_init (&reader);
  telar_attr_reader_read (&reader, &lexer);
  telar_build (b, telar_prim_from_name (name), inputs, n,
               (const TelarAttr *)(gpointer)reader.attrs->data, reader.attrs->len);
  telar_attr_reader_clear (&reader);
  TelarProgram *program = telar_builder_finish (b, &error);
  if (program == NULL)
    g_error ("%s: %s", text, error->message);
  return program;
}

static TelarView
new_view (const TelarType *type, gsize *bytes)
{
  TelarTensor *tensor = telar_tensor_new (type->dtype, &type->shape);

  for (gsize i = 0; telar_dtype_is_float (type->dtype) && i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (tensor, i, (double)(i * 7919 % 101) * 0.01 + 0.01);
  *bytes += tensor->bytes;
  return (TelarView){ *type, tensor->data };
}

/* The best time of one run, in milliseconds, over a quarter of a second. */
static double
best_of (TelarDevice *device, const TelarCall *call)
{
  gint64 start = g_get_monotonic_time (), best = G_MAXINT64;
  guint batch = 1;

  while (g_get_monotonic_time () - start < 250000) {
    gint64 before = g_get_monotonic_time ();
    for (guint i = 0; i < batch; i++)
      device->klass->run (device, call, NULL);
    gint64 took = g_get_monotonic_time () - before;
    if (took < 200) {
      batch *= 2;
      continue;
    }
    best = MIN (best, took * 1000 / batch);
  }
  return (double)best / 1e6;
}

static void
measure (TelarDevice *device, const char *text)
{
  g_autoptr (TelarProgram) program = program_of (text);
  g_autoptr (GError) error = NULL;
  const TelarInstr *instr = telar_program_instr (program, telar_program_n_instrs (program) - 1);
  TelarView inputs[MOST_VALUES], outputs[MOST_VALUES];
  TelarType in[MOST_VALUES], out[MOST_VALUES];
  TelarPrepared prepared = { NULL };
  gsize bytes = 0;

  for (guint i = 0; i < instr->n_inputs; i++) {
    in[i] = *telar_program_type (program, instr->inputs[i]);
    inputs[i] = new_view (&in[i], &bytes);
  }
  for (guint i = 0; i < instr->n_outputs; i++) {
    out[i] = *telar_program_type (program, instr->outputs[i]);
    outputs[i] = new_view (&out[i], &bytes);
  }
  if (!device->klass->prepare (device, program, instr, in, out, &prepared, &error))
    g_error ("%s: %s", text, error->message);
  TelarCall call = { .program = program, .instr = instr, .inputs = inputs, .outputs = outputs };
  call.scratch = g_aligned_alloc (1, prepared.scratch + 64, 64);
  call.prepared = prepared.data;
  double ms = best_of (device, &call);
  printf ("%9.4f ms %7.1f GFLOP/s %7.1f GB/s  %s  [%s]\n", ms,
          telar_instr_flops (program, instr) / ms / 1e6, (double)bytes / ms / 1e6, text,
          prepared.kernel);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device =
      telar_device_open ("cpu", argc > 1 ? (guint)atoi (argv[1]) : 0, &error);

  if (device == NULL)
    g_error ("%s", error->message);
  g_autofree char *text = device->klass->describe (device);
  printf ("%s\n", text);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (argc < 3 || strstr (lines[i], argv[2]) != NULL)
      measure (device, lines[i]);
  return 0;
}
