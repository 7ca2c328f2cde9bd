// Shows the board on a day that is picked: the state that held then, which is
// the last one that began on that day or before. Every state has a page, so
// there is nothing to compute. Without this file the list of states is all.
(function () {
  "use strict";
  var form = document.querySelector("form[data-pick]");
  var data = document.querySelector("script[data-days]");
  if (!form || !data) return;
  var days = JSON.parse(data.textContent);
  var input = form.querySelector("input");
  var status = form.querySelector("[role=status]");
  input.min = days[0].day;
  input.value = days[days.length - 1].day;
  form.hidden = false;
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    var day = input.value, found = null;
    days.forEach(function (d) { if (d.day <= day) found = d; });
    if (!day) return;
    if (!found) {
      status.textContent = "The board begins on " + days[0].day + ".";
      return;
    }
    location.href = found.href;
  });
})();
