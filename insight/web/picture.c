/* What a query says of a picture, and the picture as an answer. */
#include "insight/web/web-private.h"

gboolean
telar_read_picture (const TelarQuery *query, TelarWebPicture *picture, GError **error)
{
  gint64 width = 640, height = 400, dark = 0;
  const char *format = telar_query_text (query, "format");

  *picture = (TelarWebPicture){ .form.scale = 1 };
  if (!telar_query_int (query, "width", 64, 4096, &width, error) ||
      !telar_query_int (query, "height", 64, 4096, &height, error) ||
      !telar_query_int (query, "dark", 0, 1, &dark, error))
    return FALSE;
  if (!telar_figure_find_format (format != NULL ? format : "svg", &picture->form.format)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "“format” must be svg, pdf or png");
    return FALSE;
  }
  picture->form.width = (double)width;
  picture->form.height = (double)height;
  telar_chart_theme_init (&picture->theme, dark != 0);
  return TRUE;
}

typedef struct {
  const TelarWebPicture *picture;
  TelarWebDraw draw;
  gpointer what;
} Drawing;

static void
draw (cairo_t *cr, double width, double height, gpointer data)
{
  const Drawing *drawing = data;

  drawing->draw (drawing->what, cr, width, height, &drawing->picture->theme);
}

void
telar_send_picture (TelarCall *call, const TelarWebPicture *picture, TelarWebDraw draw_what,
                    gpointer what)
{
  g_autoptr (GError) error = NULL;
  Drawing drawing = { picture, draw_what, what };
  g_autoptr (GBytes) bytes = telar_figure_draw (&picture->form, draw, &drawing, &error);

  if (bytes != NULL)
    telar_reply_bytes (call->message, SOUP_STATUS_OK, telar_figure_mime_type (picture->form.format),
                       bytes);
  else
    telar_reply_error (call->message, error);
}
