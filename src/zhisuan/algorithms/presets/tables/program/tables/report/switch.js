const root = document.documentElement;
function show(language) { root.dataset.lang = language; root.lang = language; }
const asked = location.hash.slice(1);
const english = asked ? asked === "en" : !/^zh/i.test(navigator.language || "zh");
if (english) show("en");
for (const button of document.querySelectorAll("[data-set]"))
  button.addEventListener("click", () => show(button.dataset.set));
