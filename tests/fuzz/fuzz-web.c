/* Any bytes whatever as a message of the WebSocket, as the body of a request and as a query: each
 * is refused with a reason, or it is what its limits allow. */
#include "tests/fuzz/fuzz.h"

#include "insight/web/wire.h"
#include <math.h>

static void
check_message (const char *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarWireMessage) message = telar_wire_parse (data, size, &error);
  guint n_curves = 0;

  g_assert_true ((message == NULL) == (error != NULL));
  if (message == NULL || message->watches == NULL)
    return;
  g_assert_cmpuint (message->watches->len, <=, TELAR_WIRE_MOST_RUNS);
  for (guint i = 0; i < message->watches->len; i++) {
    const TelarWireWatch *watch = message->watches->pdata[i];
    g_assert_true (watch->run != NULL && g_utf8_validate (watch->run, -1, NULL));
    g_assert_cmpint (watch->event, >=, 0);
    n_curves += watch->curves->len;
    for (guint j = 0; j < watch->curves->len; j++)
      g_assert_cmpint (g_array_index (watch->curves, TelarWireCurve, j).after, >=, -1);
  }
  g_assert_cmpuint (n_curves, <=, TELAR_WIRE_MOST_CURVES);
}

static void
check_body (const char *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  TelarRequest request = { .value = NAN };

  if (telar_body_request (data, size, &request, &error))
    g_assert_true (request.kind > TELAR_REQUEST_NONE && request.kind < TELAR_N_REQUESTS &&
                   isfinite (request.value));
  else
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
}

static void
check_query (const char *data, size_t size)
{
  g_autofree char *text = g_strndup (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarQuery) query = telar_query_parse (text, &error);
  gint64 number = 7;
  double real = 0.5;

  if (query == NULL) {
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
    return;
  }
  g_autofree const char **tags = telar_query_all (query, "tag");
  g_assert_cmpstr (tags[0], ==, telar_query_text (query, "tag"));
  telar_query_int (query, "columns", 1, 8192, &number, NULL);
  g_assert_true (number >= 1 && number <= 8192);
  telar_query_real (query, "smoothing", 0, 0.9999, &real, NULL);
  g_assert_true (real >= 0 && real <= 0.9999);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *bytes = size > 0 ? (const char *)data : "";

  check_message (bytes, size);
  check_body (bytes, size);
  check_query (bytes, size);
  return 0;
}
