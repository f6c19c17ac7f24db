const root = document.documentElement;
function show(language) { root.dataset.lang = language; root.lang = language; }
if (!/^zh/i.test(navigator.language || "zh")) show("en");
for (const button of document.querySelectorAll("[data-set]"))
  button.addEventListener("click", () => show(button.dataset.set));
