/* Quick fixes: edits that mend a problem. Candidates are drawn on a draft of the document and
 * lowered; only what mends the node, and harms none that was well, is offered. */
#pragma once

#include "app/project/analysis.h"

G_BEGIN_DECLS

typedef struct {
  char *label;       /* "Insert Flatten": for buttons, menus and undo */
  TelarPatch *patch; /* what it changes */
} TelarFix;

/* The fixes of a problem of @document, the best first; may be empty. They hold as long as the
 * document stays as it is. TelarFix *; caller unrefs. */
GPtrArray *telar_fixes_find (TelarDocument *document, TelarAnalysis *analysis,
                             const TelarProblem *problem);
/* What would make a wire fit that telar_trial_wire refuses: each draws it with what is needed
 * between its ends. Empty where nothing would. As above. */
GPtrArray *telar_fixes_find_for_wire (TelarDocument *document, TelarAnalysis *analysis,
                                      const TelarEdge *wire);
/* Makes the fix one edit, which undo names. FALSE where the document has changed in the way. */
gboolean telar_fix_apply (const TelarFix *fix, TelarDocument *document, GError **error);

G_END_DECLS
