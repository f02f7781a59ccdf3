/* What comes over the wire from a client, taken apart and checked: query strings, bodies of
 * requests, messages of the WebSocket. Nothing here trusts a byte; a fuzz target tries it. */
#pragma once

#include "engine/error.h"
#include "engine/monitor.h"

#include <jansson.h>

G_BEGIN_DECLS

/* --- query strings
 * ----------------------------------------------------------------------------------------- */

typedef struct TelarQuery TelarQuery;

/* @text as it stands after the question mark, percent-encoded; NULL: nothing. */
TelarQuery *telar_query_parse (const char *text, GError **error);
void telar_query_free (TelarQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarQuery, telar_query_free)

/* The first value of @name, or NULL. */
const char *telar_query_text (const TelarQuery *query, const char *name);
/* The same, or @otherwise. */
const char *telar_query_text_or (const TelarQuery *query, const char *name, const char *otherwise);
/* All values of @name, NULL-terminated; caller frees the array alone. */
const char **telar_query_all (const TelarQuery *query, const char *name);
/* A whole number between the limits; @number keeps its value when there is none. */
gboolean telar_query_int (const TelarQuery *query, const char *name, gint64 minimum, gint64 maximum,
                          gint64 *number, GError **error);
gboolean telar_query_real (const TelarQuery *query, const char *name, double minimum,
                           double maximum, double *number, GError **error);

/* --- bodies
 * ----------------------------------------------------------------------------------------- */

/* A JSON object, or NULL. */
json_t *telar_body_object (const char *data, gsize size, GError **error);
/* {"kind": "learning-rate", "value": 0.01}, {"kind": "set", "text": "drop.rate=0.2"}: kinds are
 * named as the command line names them. */
gboolean telar_body_request (const char *data, gsize size, TelarRequest *request, GError **error);

/* --- messages of the WebSocket
 * ----------------------------------------------------------------------------------------- */

#define TELAR_WIRE_LARGEST     262144 /* bytes of a message */
#define TELAR_WIRE_MOST_RUNS   64
#define TELAR_WIRE_MOST_CURVES 4096 /* over all runs */

typedef struct {
  char *tag;
  gint64 after; /* the last step that the client has; -1: none */
} TelarWireCurve;

typedef struct {
  char *run;
  gint64 event;   /* the last event that the client has */
  GArray *curves; /* TelarWireCurve */
} TelarWireWatch;

typedef struct {
  gint64 ack; /* the number of the message that has arrived; 0: none */
  GPtrArray
      *watches; /* TelarWireWatch: all that the client looks at from now on; NULL: as before */
} TelarWireMessage;

/* NULL when it is no message of ours. */
TelarWireMessage *telar_wire_parse (const char *data, gsize size, GError **error);
void telar_wire_message_free (TelarWireMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarWireMessage, telar_wire_message_free)

/* --- numbers
 * ----------------------------------------------------------------------------------------- */

/* Appends @value in as few digits as give it back; null for what is not finite. */
void telar_wire_number (GString *text, double value);

G_END_DECLS
