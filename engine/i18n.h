/* Marks texts for translation. The engine holds them untranslated; whoever shows them translates
 * with gettext. */
#pragma once

#define N_(text) (text)
