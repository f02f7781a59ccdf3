/* Answers: their headers, JSON, errors, gzip. */
#include "insight/web/web-private.h"

#include <gio/gio.h>
#include <string.h>

#define WORTH_COMPRESSING 1024 /* bytes: less than that fits a packet anyway */
#define GZIP_LEVEL        3    /* a fast one: most goes over the loopback */

/* The page may load its own files and talk to its own server, and do nothing else. */
#define POLICY                                                                                     \
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "  \
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

void
telar_reply_headers (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Content-Security-Policy", POLICY);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_replace (headers, "Cross-Origin-Resource-Policy", "same-origin");
  soup_message_headers_replace (headers, "Cross-Origin-Opener-Policy", "same-origin");
  if (soup_message_headers_get_one (headers, "Cache-Control") == NULL)
    soup_message_headers_replace (headers, "Cache-Control", "no-store");
}

gboolean
telar_takes_gzip (SoupServerMessage *message)
{
  const char *accepted = soup_message_headers_get_list (
      soup_server_message_get_request_headers (message), "Accept-Encoding");
  GSList *codings = accepted != NULL ? soup_header_parse_quality_list (accepted, NULL) : NULL;
  gboolean takes = g_slist_find_custom (codings, "gzip", (GCompareFunc)g_ascii_strcasecmp) != NULL;

  soup_header_free_list (codings);
  return takes;
}

GBytes *
telar_gzip (GBytes *bytes)
{
  g_autoptr (GConverter) compressor =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, GZIP_LEVEL));
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GInputStream) packed = g_converter_input_stream_new (plain, compressor);
  g_autoptr (GOutputStream) result = g_memory_output_stream_new_resizable ();

  /* Between two pieces of memory nothing can fail. */
  g_output_stream_splice (result, packed, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (result));
}

void
telar_reply_bytes (SoupServerMessage *message, guint status, const char *type, GBytes *bytes)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr (GBytes) packed = NULL;

  if (g_bytes_get_size (bytes) >= WORTH_COMPRESSING) {
    soup_message_headers_replace (headers, "Vary", "Accept-Encoding");
    if (telar_takes_gzip (message)) {
      packed = telar_gzip (bytes);
      soup_message_headers_replace (headers, "Content-Encoding", "gzip");
    }
  }
  telar_reply_headers (message);
  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_replace (headers, "Content-Type", type);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message),
                                  packed != NULL ? packed : bytes);
}

void
telar_reply_text (SoupServerMessage *message, guint status, const char *type, GString *text)
{
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);

  telar_reply_bytes (message, status, type, bytes);
}

void
telar_reply_json (SoupServerMessage *message, guint status, json_t *json)
{
  char *text = json_dumps (json, JSON_COMPACT);
  g_autoptr (GBytes) bytes = g_bytes_new_with_free_func (text, strlen (text), free, text);

  json_decref (json);
  telar_reply_bytes (message, status, "application/json", bytes);
}

void
telar_reply_problem (SoupServerMessage *message, guint status, const char *text)
{
  telar_reply_json (message, status, json_pack ("{s:s}", "error", text));
}

void
telar_reply_error (SoupServerMessage *message, const GError *error)
{
  guint status = SOUP_STATUS_INTERNAL_SERVER_ERROR;

  if (g_error_matches (error, TELAR_ERROR, TELAR_ERROR_USAGE))
    status = SOUP_STATUS_BAD_REQUEST;
  else if (g_error_matches (error, TELAR_ERROR, TELAR_ERROR_INVALID))
    status = SOUP_STATUS_NOT_FOUND;
  telar_reply_problem (message, status, error->message);
}

void
telar_reply_answer (SoupServerMessage *message, json_t *json, const GError *error)
{
  if (json != NULL)
    telar_reply_json (message, SOUP_STATUS_OK, json);
  else
    telar_reply_error (message, error);
}

void
telar_reply_rows (SoupServerMessage *message, const char *name, const GPtrArray *rows,
                  TelarRowFunc make, const GError *error)
{
  json_t *list = rows != NULL ? json_array () : NULL;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    json_array_append_new (list, make (rows->pdata[i]));
  telar_reply_answer (message, list != NULL ? json_pack ("{s:o}", name, list) : NULL, error);
}
