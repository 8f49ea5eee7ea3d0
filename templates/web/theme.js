// Before anything is drawn, so that the page does not flash.
(() => {
  'use strict';
  try {
    const chosen = localStorage.getItem('ragload-theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch {
    // A browser that keeps nothing: the system's choice holds.
  }
})();
