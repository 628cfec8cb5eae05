// Runs before anything is painted: the chosen colours hold from the first frame on.
// A file of its own, since the pages' policy allows no script inside the page.
const theme = localStorage.getItem("deskwire.theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
