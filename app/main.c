/* telar-studio: the desktop application. */
#include "app/application.h"

#include "app/ui/preferences.h"
#include "data/data.h"

#include <glib/gi18n.h>
#include <locale.h>

int
main (int argc, char **argv)
{
  g_autoptr (TelarApplication) application = NULL;

  setlocale (LC_ALL, "");
  telar_preferences_load_language ();
  bindtextdomain (GETTEXT_PACKAGE,
                  g_getenv ("TELAR_LOCALE_DIR") ? g_getenv ("TELAR_LOCALE_DIR") : TELAR_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  telar_operators_init ();
  telar_data_init ();
  application = telar_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
