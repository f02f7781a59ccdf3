/* Values of a Summary message (tensorboard/compat/proto/summary.proto, tensor.proto): what they are
 * and the numbers in them. */
#pragma once

#include "insight/events/protobuf.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_SUMMARY_NOTHING,
  TELAR_SUMMARY_NUMBER,    /* simple_value */
  TELAR_SUMMARY_TENSOR,    /* what it means its plugin says */
  TELAR_SUMMARY_IMAGE,     /* Summary.Image */
  TELAR_SUMMARY_HISTOGRAM, /* HistogramProto */
  TELAR_SUMMARY_AUDIO,
} TelarSummaryKind;

/* A field of Summary.Value that is Telar's own, f64: the number that simple_value rounds. Others
 * pass over it, as the format asks. */
#define TELAR_SUMMARY_EXACT 27201

typedef struct {
  const guint8 *bytes;
  gsize size;
} TelarProtoSpan;

typedef struct {
  TelarSummaryKind kind;
  TelarProtoSpan tag;
  double number;
  TelarProtoSpan body; /* of all but a number: the message */
  TelarProtoSpan plugin,
      content; /* of the metadata, which only the first value of a tag needs to have */
} TelarSummaryValue;

/* Reads one Value; FALSE when the bytes are none. All is borrowed. */
gboolean telar_summary_read (TelarProtoSpan bytes, TelarSummaryValue *value);

static inline gboolean
telar_proto_span_is (TelarProtoSpan span, const char *text)
{
  return span.size == strlen (text) && memcmp (span.bytes, text, span.size) == 0;
}

/* Its bytes as a text, also where the field was missing; caller frees. */
static inline char *
telar_proto_span_text (TelarProtoSpan span)
{
  return g_strndup (span.size > 0 ? (const char *)span.bytes : "", span.size);
}

#define TELAR_SUMMARY_RANK 8

/* A TensorProto. */
typedef struct {
  guint rank;
  gint64 dims[TELAR_SUMMARY_RANK];
  GArray *numbers; /* double; of a number type as many as the dimensions say */
  GArray *texts;   /* TelarProtoSpan, borrowed from the message; of a string tensor */
} TelarSummaryTensor;

/* FALSE when the bytes are no tensor, of a type that is neither number nor string, or claim more
 * than they hold. The caller clears @tensor either way. */
gboolean telar_summary_read_tensor (TelarProtoSpan bytes, TelarSummaryTensor *tensor);
void telar_summary_tensor_clear (TelarSummaryTensor *tensor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarSummaryTensor, telar_summary_tensor_clear)

G_END_DECLS
