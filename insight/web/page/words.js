// What a person reads, in English and Spanish.

export const words = {
  skip: ["Skip to the charts", "Ir a las gráficas"],
  connection: ["Connection", "Conexión"],
  connecting: ["Connecting…", "Conectando…"],
  live: ["Live", "En vivo"],
  behind: ["Live, {0} ms behind", "En vivo, {0} ms de retraso"],
  lost: ["Connection lost; trying again", "Conexión perdida; se reintenta"],
  language: ["Language", "Idioma"],
  runs: ["Runs", "Ejecuciones"],
  filter_runs: ["Filter, as a regular expression", "Filtrar, expresión regular"],
  no_runs: ["No run matches. Runs appear here the moment they begin.", "Ninguna ejecución coincide. Aparecerán aquí en cuanto empiecen."],
  show: ["Show {0} in the charts", "Mostrar {0} en las gráficas"],
  progress: ["Progress", "Progreso"],
  steering: ["Steering", "Control"],
  pause: ["Pause", "Pausar"],
  resume: ["Resume", "Reanudar"],
  step_one: ["One step", "Un paso"],
  checkpoint: ["Save a checkpoint", "Guardar un punto de control"],
  stop: ["Stop", "Detener"],
  stop_after_epoch: ["Stop after this epoch", "Detener al acabar la época"],
  change_live: ["Change while it trains", "Cambiar mientras entrena"],
  new_value: ["New value", "Valor nuevo"],
  more_charts: ["Show more: {0} of {1} charts", "Mostrar más: {0} de {1} gráficas"],
  set: ["Set", "Fijar"],
  views: ["Views", "Vistas"],
  scalars: ["Curves", "Curvas"],
  histograms: ["Histograms", "Histogramas"],
  images: ["Pictures", "Imágenes"],
  ridges: ["One behind the other", "Uno tras otro"],
  no_histograms: ["This run has recorded no histograms yet.", "Esta ejecución aún no ha registrado histogramas."],
  no_images: ["This run has kept no pictures yet.", "Esta ejecución aún no ha guardado imágenes."],
  histogram_says: ["step {0}: mean {1}, deviation {2}, from {3} to {4}", "paso {0}: media {1}, desviación {2}, de {3} a {4}"],
  nothing_yet: ["nothing yet", "nada aún"],
  at_step: ["step {0}", "paso {0}"],
  confusion: ["Confusion", "Confusión"],
  parameters: ["Parameters", "Parámetros"],
  events: ["Events", "Sucesos"],
  curves: ["Curves", "Curvas"],
  filter_tags: ["Filter", "Filtrar"],
  smoothing: ["Smoothing", "Suavizado"],
  across: ["Across", "Eje x"],
  step: ["Step", "Paso"],
  epoch: ["Epoch", "Época"],
  relative: ["Time since the start", "Tiempo desde el inicio"],
  wall: ["Clock", "Hora"],
  log_x: ["Log x", "x log."],
  log_y: ["Log y", "y log."],
  clip: ["Ignore outliers", "Ignorar atípicos"],
  reset: ["Show all", "Ver todo"],
  no_curves: ["Choose a run, or wait for its first value.", "Elija una ejecución o espere a su primer valor."],
  hint: ["Drag a box or turn the wheel to zoom, double-click to see all. With the keyboard: arrows move the crosshair, + and − zoom, Shift and arrows pan, Home shows all.", "Arrastre un recuadro o gire la rueda para ampliar; doble clic para ver todo. Con el teclado: las flechas mueven la cruz, + y − amplían, Mayús y flechas desplazan, Inicio muestra todo."],
  no_figures: ["This run has recorded no confusion matrix.", "Esta ejecución no ha registrado ninguna matriz de confusión."],
  no_events: ["Nothing has been marked yet.", "Aún no se ha marcado nada."],
  differing: ["Only what differs", "Solo lo que difiere"],
  unbrush: ["Show all runs", "Ver todas las ejecuciones"],
  parallel: ["Parallel coordinates: drag along an axis to choose", "Coordenadas paralelas: arrastre sobre un eje para elegir"],
  few_runs: ["Two runs that differ in something are needed.", "Hacen falta dos ejecuciones que difieran en algo."],
  running: ["running", "en curso"],
  paused: ["paused", "en pausa"],
  done: ["done", "terminada"],
  stopped: ["stopped", "detenida"],
  failed: ["failed", "fallida"],
  lost_run: ["lost", "perdida"],
  forked_from: ["from {0} at step {1}", "desde {0} en el paso {1}"],
  epoch_of: ["epoch {0} of {1}, step {2}", "época {0} de {1}, paso {2}"],
  run: ["Run", "Ejecución"],
  status: ["Status", "Estado"],
  time: ["Time", "Hora"],
  kind: ["What", "Qué"],
  text: ["Details", "Detalles"],
  asked: ["Asked; the run obeys at the next batch.", "Pedido; se obedece en el próximo lote."],
  obeyed: ["Done at step {0}.", "Hecho en el paso {0}."],
  not_a_rate: ["A learning rate is a positive number.", "La tasa de aprendizaje es un número positivo."],
  pin: ["Pin", "Anclar"],
  chart_of: ["Chart of {0}", "Gráfica de {0}"],
  at: ["at {0}", "en {0}"],
  right: ["right class", "clase correcta"],
  answer: ["answer", "respuesta"],
  loss: ["Loss", "Pérdida"],
  accuracy: ["Accuracy", "Exactitud"],
  learning_rate: ["Learning rate", "Tasa de aprendizaje"],
  confusion_matrix: ["Confusion, training", "Confusión, entrenamiento"],
  val_confusion_matrix: ["Confusion, validation", "Confusión, validación"],
  training: ["training", "entrenamiento"],
  validation: ["validation", "validación"],
};

let column = 0;

export function language() {
  return column ? "es" : "en";
}

export function speak(code) {
  column = code === "es" ? 1 : 0;
  document.documentElement.lang = language();
  for (const place of document.querySelectorAll("[data-word]")) place.textContent = t(place.dataset.word);
  for (const place of document.querySelectorAll("[data-label]")) place.setAttribute("aria-label", t(place.dataset.label));
  for (const place of document.querySelectorAll("[data-placeholder]")) place.placeholder = t(place.dataset.placeholder);
}

// The words of a key, with {0}, {1} … filled in; what has no key is its own name.
export function t(key, ...values) {
  const text = Object.hasOwn(words, key) ? words[key][column] : key;
  return text.replace(/\{(\d)\}/g, (_, i) => values[i]);
}
