/* The head of the Train page: what the run is doing, and what can be asked of it. */
#pragma once

#include "app/project/document.h"
#include "insight/store.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_RUN_HEADER (telar_run_header_get_type ())
G_DECLARE_FINAL_TYPE (TelarRunHeader, telar_run_header, TELAR, RUN_HEADER, AdwBin)

/* Signal "request" (gint kind, gdouble value, const char *text): a TelarRequestKind that the person
 * wants; the text is NULL where the kind has none. */
GtkWidget *telar_run_header_new (void);

/* What of the document's graph can be changed while it trains is offered; NULL: nothing. */
void telar_run_header_set_document (TelarRunHeader *header, TelarDocument *document);

/* Puts a widget beside what can be asked; it stays when the run has ended. */
void telar_run_header_add (TelarRunHeader *header, GtkWidget *widget);

typedef struct {
  const char *best;     /* what to say of the best metric, or NULL */
  double pace;          /* seconds for each step, 0: unknown */
  double learning_rate; /* the latest, 0: unknown */
} TelarRunFacts;

void telar_run_header_show (TelarRunHeader *header, const TelarRunRow *run,
                            const TelarRunFacts *facts);

G_END_DECLS
