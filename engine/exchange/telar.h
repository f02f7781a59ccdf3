/* Telar as a library: load an ONNX model and run it. Plain C, no other header is needed.
 *
 *   #include <telar.h>
 *   #include <stdio.h>
 *
 *   int main (void) {
 *     float picture[784] = { 0 };
 *     telar_array input = { TELAR_FLOAT32, 4, { 1, 1, 28, 28 }, picture }, output;
 *     char *error = NULL;
 *     telar_model *model = telar_model_load ("mnist.onnx", 0, &error);
 *     if (!model || !telar_model_run (model, &input, 1, &output, 1, &error))
 *       return fprintf (stderr, "%s\n", error), 1;
 *     for (int i = 0; i < 10; i++)
 *       printf ("%d: %g\n", i, ((float *)output.data)[i]);
 *     telar_array_clear (&output);
 *     telar_model_free (model);
 *   }
 *
 *   cc example.c $(pkg-config --cflags --libs telar)
 *
 * A model belongs to one thread at a time; different models may run at once. Nothing here aborts:
 * what fails returns NULL or 0 and, where `error` is not NULL, a message that telar_error_free
 * releases. */
#ifndef TELAR_H
#define TELAR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TELAR_MOST_AXES 8

/* Element types. Half and brain floats are their 16 bits. */
typedef enum {
  TELAR_FLOAT32,
  TELAR_FLOAT64,
  TELAR_FLOAT16,
  TELAR_BFLOAT16,
  TELAR_INT8,
  TELAR_UINT8,
  TELAR_INT16,
  TELAR_UINT16,
  TELAR_INT32,
  TELAR_UINT32,
  TELAR_INT64,
  TELAR_UINT64,
  TELAR_TRUTH, /* a byte, 0 or 1 */
} telar_type;

/* An array in row-major order without gaps. Inputs are borrowed for the call; outputs own their
 * data until telar_array_clear. */
typedef struct {
  telar_type type;
  int rank;
  int64_t shape[TELAR_MOST_AXES];
  void *data;
} telar_array;

typedef struct telar_model telar_model;

/* @threads: how many compute; 0 takes all of the machine. */
telar_model *telar_model_load (const char *path, int threads, char **error);
void telar_model_free (telar_model *model);

/* What the model takes and gives; names live as long as it does. NULL beyond the last. */
int telar_model_inputs (const telar_model *model);
int telar_model_outputs (const telar_model *model);
const char *telar_model_input_name (const telar_model *model, int index);
const char *telar_model_output_name (const telar_model *model, int index);

/* Runs the model on all of its inputs, in their order, and fills all of its outputs. The program
 * for the shapes of the inputs is compiled at the first run with them and kept. 1, or 0 on error,
 * when no output holds anything. */
int telar_model_run (telar_model *model, const telar_array *inputs, int n_inputs,
                     telar_array *outputs, int n_outputs, char **error);

/* Bytes of the array's data. */
size_t telar_array_bytes (const telar_array *array);
void telar_array_clear (telar_array *array);
void telar_error_free (char *error);

#ifdef __cplusplus
}
#endif

#endif
