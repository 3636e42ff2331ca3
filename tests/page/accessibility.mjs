// Two rules of WCAG 2.2 that a program can judge.

/** 1.4.3: the texts of the page whose contrast to what is behind them is below 4.5. */
export const lowContrasts = page => page.value(`(() => {
  const parts = color => color.match(/[\\d.]+/g).map(Number);
  const light = part => part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = ([red, green, blue]) => 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue);
  const mix = (front, back, alpha) => [0, 1, 2].map(index => front[index] * alpha + back[index] * (1 - alpha));
  const lineage = element => element ? [element, ...lineage(element.parentElement)] : [];
  const behind = element => parts(lineage(element).map(each => getComputedStyle(each).backgroundColor)
    .find(color => (parts(color)[3] ?? 1) === 1) ?? "rgb(255, 255, 255)");
  const contrast = element => {
    const alpha = lineage(element).reduce((product, each) => product * getComputedStyle(each).opacity, 1);
    const back = behind(element);
    const [dark, bright] = [mix(parts(getComputedStyle(element).color), back, alpha), back].map(luminance).sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  return [...document.body.querySelectorAll("*")]
    .filter(element => element.checkVisibility() && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(element => [element.innerText.slice(0, 30), contrast(element)])
    .filter(([, contrast]) => contrast < 4.5);
})()`);

/** 4.1.2 and 1.1.1: what can be used, and what is drawn, and has no name. */
export async function nameless(page) {
  const { nodes } = await page.call("Accessibility.getFullAXTree");
  const needed = ["textbox", "link", "button", "meter", "image", "navigation", "region"];
  return nodes
    .filter(({ ignored, role, name }) => !ignored && needed.includes(role?.value) && !name?.value)
    .map(({ role }) => role.value);
}
